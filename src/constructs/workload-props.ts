import * as kplus from 'cdk8s-plus-28';

/** Properties of `SecureNamespace.addDeployment`. */
export interface SecureDeploymentProps extends kplus.DeploymentProps {
  /**
   * The ports of its Service, where they differ from those of its containers.
   *
   * @default - each port a container declares, under the same number; no Service where none is declared
   */
  readonly servicePorts?: kplus.ServicePort[];
}

/** Properties of `SecureNamespace.addDaemonSet`. */
export interface SecureDaemonSetProps extends kplus.DaemonSetProps {
  /**
   * The ports of its Service, where they differ from those of its containers.
   *
   * @default - each port a container declares, under the same number; no Service where none is declared
   */
  readonly servicePorts?: kplus.ServicePort[];
}
