/**
 * How a namespace makes workloads: cdk8s-plus-28 underneath, with an identity of its own, a Service in front of the ports it
 * declares, and containers that the `restricted` Pod Security level accepts.
 */
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { hardened, servicePortsFor } from './_pods';
import { ISecureNamespace } from './secure-namespace-like';
import { SecureWorkload, refuseDefault } from './secure-workload';
import { checkDnsSubdomain, checkServiceName } from '../admission/names';

type Home = ISecureNamespace & Construct;
/** What the props of all cdk8s-plus-28 workloads have in common. */
interface Props extends kplus.WorkloadProps {}

/** Properties of the Service in front of a workload. */
export interface ServiceProps {
  readonly servicePorts?: kplus.ServicePort[];
  readonly clusterIP?: string;
}

/** Makes the workload, its ServiceAccount, and its Service where it declares a port. */
export function addWorkload<P extends Props>(
  home: Home, id: string, props: P & ServiceProps,
  make: (scope: Construct, props: P, name: string) => kplus.Workload, serve: boolean, maxLength = 63,
): SecureWorkload {
  checkName(home, id, props, maxLength);
  return SecureWorkload._wrap(home, id, id, scope => {
    const serviceAccount = serviceAccountFor(scope, id, props);
    const workload = make(scope, complete(id, props, serviceAccount), 'Default');
    return { workload, serviceAccountName: serviceAccount.name, service: serve ? serviceFor(scope, id, workload, props) : undefined };
  });
}

/** A StatefulSet comes with a headless Service, so that each replica has a name of its own. */
export function addStatefulSet(home: Home, id: string, props: kplus.StatefulSetProps): SecureWorkload {
  checkName(home, id, props, 52);
  return SecureWorkload._wrap(home, id, id, scope => {
    const serviceAccount = serviceAccountFor(scope, id, props);
    const containers = (props.containers ?? []).flatMap(({ portNumber, port, ports = [] }) => [portNumber ?? port, ...ports]);
    if (!props.service && !containers.some(port => port)) {
      throw new Error(`[${scope.node.path}] a StatefulSet needs a Service, and no container declares a port: add portNumber, or pass 'service'`);
    }
    const service = props.service ?? new kplus.Service(scope, 'service', { metadata: { name: id }, clusterIP: 'None' });
    const workload = new kplus.StatefulSet(scope, 'Default', { ...complete(id, props, serviceAccount), service });
    if (!props.service) for (const port of servicePortsFor(workload)) service.bind(port.port, port);
    return { workload, serviceAccountName: serviceAccount.name, service };
  });
}

/** The id names the Service; the workload itself may be named otherwise, and some kinds leave less room because they add to the name. */
function checkName({ node: { path } }: Home, id: string, { metadata }: Props, maxLength: number): void {
  checkServiceName(`[${path}/${id}] workload id`, id);
  const name = metadata?.name ?? id;
  checkDnsSubdomain(`[${path}/${id}] metadata.name`, name);
  if (name.length > maxLength) {
    throw new Error(`[${path}/${id}] the name '${name}' has ${name.length} characters, and what the cluster makes of it leaves room for ${maxLength}: choose a shorter one`);
  }
}

function complete<P extends Props>(id: string, props: P, serviceAccount: kplus.IServiceAccount): P {
  const metadata = { ...props.metadata, name: props.metadata?.name ?? id };
  return { ...props, metadata, serviceAccount, containers: hardened(props.containers), initContainers: hardened(props.initContainers) };
}

function serviceAccountFor(scope: Construct, id: string, props: Props): kplus.IServiceAccount {
  const account = props.serviceAccount ?? new kplus.ServiceAccount(scope, 'service-account', { metadata: { name: id } });
  refuseDefault(scope.node.path, account.name);
  return account;
}

function serviceFor(scope: Construct, id: string, workload: kplus.Workload, { servicePorts, clusterIP }: ServiceProps): kplus.Service | undefined {
  const ports = servicePorts ?? servicePortsFor(workload);
  return ports.length ? new kplus.Service(scope, 'service', { metadata: { name: id }, selector: workload, ports, clusterIP }) : undefined;
}
