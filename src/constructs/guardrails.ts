import { Chart, Lazy } from 'cdk8s';
import { GuardrailContext } from './_guardrail';
import { guardrailFaults } from './_guardrail-faults';
import { systemPrograms } from './_guardrail-identities';
import { GUARDRAIL_NAMES, renderGuardrail } from './_guardrail-policies';
import { Home } from './_identity';
import { emit } from './_manifest';
import { addAppCheck } from './_one-pass';
import { IClusterEdge } from './cluster-edge-like';
import { Subject } from './subject';
import { ValidatingAdmissionPolicyBindingSpec } from '../api/admission';

/** Properties of `Guardrails.of`. */
export interface GuardrailsProps {
  /**
   * Who applies what this program writes, and may change it: the people of the platform, their pipeline, the ServiceAccount of a GitOps
   * controller. At least one. Members of `system:masters` are never stopped; nobody else is let pass but the cluster's own programs.
   */
  readonly platformSubjects: Subject[];

  /**
   * The priority of the AdminNetworkPolicy, where the network has that tier: lower decides first, and no two may have the same.
   *
   * @default 50
   */
  readonly adminPolicyPriority?: number;
}

/**
 * Admission policies, and tiers of the network, that hold for everybody but the platform's own subjects, whatever roles others have: our
 * policies and namespaces are not changed, no policy of anybody's opens what ours close, pods stay on their own network and in the mesh, and
 * no way in leads around the gateway.
 *
 * They apply to the namespaces of this program. Those who may change admission policies can take them away: `Access` grants that to nobody.
 */
export class Guardrails {
  /** Throws where nobody is named who may change what is applied. */
  public static of(props: GuardrailsProps): Guardrails {
    if (props.platformSubjects.length === 0) {
      throw new Error('guardrails without platformSubjects would stop those who apply them too: name their group or ServiceAccount, '
        + "platformSubjects: [Subject.group('platform-admins')]");
    }
    return new Guardrails(props);
  }

  /** @internal */
  public readonly _props: GuardrailsProps;

  private constructor(props: GuardrailsProps) {
    this._props = props;
  }
}

/** ValidatingAdmissionPolicy is stable from here on. */
const SINCE = 30;
const ADMISSION = 'admissionregistration.k8s.io/v1';

/** Adds the guardrails of an edge, for the namespaces that `homes` will be at synth. */
export function addGuardrails(edge: Chart & IClusterEdge, { _props: props }: Guardrails, homes: () => readonly Home[]): void {
  const { node: { path }, platform, network: { _provider: network } } = edge;
  if (platform._minor < SINCE) {
    throw new Error(`[${path}] guardrails need ValidatingAdmissionPolicy, which Kubernetes has from 1.${SINCE} on, and the platform is ${platform.version}: `
      + "upgrade, or leave 'guardrails' out and keep these objects out of reach with roles");
  }
  const openshift = platform.distribution === 'openshift';
  const system = systemPrograms(platform.distribution, network.programs?.(platform) ?? []);
  const context = (): GuardrailContext => {
    const all = homes();
    return {
      subjects: props.platformSubjects.map(({ _wire }) => _wire),
      system,
      openshift,
      namespaces: all.map(({ namespace }) => namespace),
      annotated: all.flatMap(({ workloads }) => workloads.filter(({ gateway, unmeshed }) => gateway ?? unmeshed)),
      privileged: all.filter(({ podSecurity }) => podSecurity === 'privileged').map(({ namespace }) => namespace),
    };
  };
  for (const name of GUARDRAIL_NAMES) {
    emit(edge, name, { apiVersion: ADMISSION, kind: 'ValidatingAdmissionPolicy', name, body: { spec: Lazy.any({ produce: () => renderGuardrail(name, context()) }) } });
    const binding: ValidatingAdmissionPolicyBindingSpec = { policyName: name, validationActions: ['Deny'] };
    emit(edge, `${name}-binding`, { apiVersion: ADMISSION, kind: 'ValidatingAdmissionPolicyBinding', name, body: { spec: binding } });
  }
  const tiers = network.planCluster?.({
    path,
    platform,
    priority: props.adminPolicyPriority ?? 50,
    namespaces: () => homes().map(({ namespace }) => namespace),
    flows: () => edge._ledger.flows(),
  }) ?? [];
  for (const { apiVersion, kind, name, render } of tiers) {
    emit(edge, `tier-${kind.toLowerCase()}-${name}`, { apiVersion, kind, name, body: { spec: Lazy.any({ produce: () => render() }) } });
  }
  addAppCheck(edge, manifests => guardrailFaults(manifests, homes(), openshift));
}
