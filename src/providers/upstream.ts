/**
 * Plain NetworkPolicy v1, as any conforming network plugin enforces it: pods, namespaces and addresses on ports.
 * It knows no names, no order and no deny; what needs those is refused here with the remedy.
 */
import { planClosedNamespace, planNamespacePolicy, planWorkloadPolicy } from './_policy-plans';
import { Statement, describe } from '../intent/flow';
import { INetworkProvider, ManifestPlan, NamespaceIntent, WorkloadIntent } from '../intent/network-provider';

export class UpstreamNetwork implements INetworkProvider {
  public readonly title = 'NetworkProvider.upstream()';
  public readonly firewall = false;

  public refuse(statement: Statement): void {
    const { to } = statement;
    if (to.kind !== 'addresses' || to.host === undefined) return;
    const path = statement.from.kind === 'addresses' ? '' : statement.from.path;
    throw new Error(`${this.title} cannot limit egress to the name '${to.host}' ([${path}] ${describe(statement)}): NetworkPolicy knows addresses only. `
      + `put an EgressRouter with destination Peer.host('${to.host}') in front of it and allow connections to the router, or name its addresses with Peer.cidr(...)`);
  }

  public namespaceFaults(): string[] {
    return [];
  }

  public planNamespace(intent: NamespaceIntent): ManifestPlan[] {
    return planClosedNamespace(intent);
  }

  public planNamespaceFlows(intent: NamespaceIntent): ManifestPlan[] {
    return planNamespacePolicy(intent);
  }

  public planWorkload(intent: WorkloadIntent): ManifestPlan[] {
    return planWorkloadPolicy(intent);
  }
}
