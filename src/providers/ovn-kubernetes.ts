/**
 * OVN-Kubernetes, on plain Kubernetes and on OpenShift: NetworkPolicy between pods, and for what leaves the cluster an EgressFirewall for
 * each namespace beside it. Both have to agree: the policy keeps workloads of a namespace apart, the firewall knows names.
 *
 * What nodes send to pods arrives from addresses that only this network has, so policies about it are written with those.
 */
import { planTiers } from './_admin-network-policy';
import { renderEgressFirewall } from './_egress-firewall';
import { EGRESS_IP } from './_egress-ip';
import { planEgressRouter } from './_egress-router';
import { firewallFaults } from './_firewall-faults';
import { planClosedNamespace, planNamespacePolicy, planWorkloadPolicy } from './_policy-plans';
import { PRIMARY_NETWORK, planNetwork, refuseAcrossNetworks } from './_user-defined-network';
import { parseCidr } from '../algebra/ip-set';
import { ClusterIntent, ClusterPlan } from '../intent/cluster-intent';
import { EgressAddressPlan, EgressRouterIntent } from '../intent/egress-addresses';
import { AddressEnd, AddressFacts, nameOf } from '../intent/endpoint';
import { Statement, describe } from '../intent/flow';
import { INetworkProvider, ManifestPlan, NamespaceIntent, WorkloadIntent } from '../intent/network-provider';
import { Platform } from '../intent/platform';
import { TenantNetworkIntent } from '../intent/tenant-network';

const EGRESS_FIREWALL = { apiVersion: 'k8s.ovn.org/v1', kind: 'EgressFirewall', name: 'default' };

/** An AdminNetworkPolicy behind this one is reported by an event, and not enforced. */
const LAST_PRIORITY = 99;

export class OvnKubernetesNetwork implements INetworkProvider {
  public readonly title = 'NetworkProvider.ovnKubernetes()';
  public readonly firewall = true;
  public readonly egressAddresses = EGRESS_IP;

  public refuse(statement: Statement, facts: AddressFacts): void {
    const { from, to } = statement;
    refuseAcrossNetworks(this.title, statement, facts.path);
    if (from.kind === 'addresses') this.refuseSource(from, statement, facts);
    if (to.kind === 'addresses') this.refuseDestination(to, statement, facts);
  }

  public namespaceFaults(intent: NamespaceIntent): string[] {
    return firewallFaults(this.title, intent.leaving(), intent.facts, () => firewallOf(intent).egress.length);
  }

  public planNamespace(intent: NamespaceIntent): ManifestPlan[] {
    return [...planClosedNamespace(intent), { ...EGRESS_FIREWALL, render: () => firewallOf(intent) }];
  }

  public planNamespaceFlows(intent: NamespaceIntent): ManifestPlan[] {
    return planNamespacePolicy(intent);
  }

  public planWorkload(intent: WorkloadIntent): ManifestPlan[] {
    return planWorkloadPolicy(intent);
  }

  public planCluster(intent: ClusterIntent): ClusterPlan[] {
    return planTiers(this.title, intent, LAST_PRIORITY);
  }

  public planTenantNetwork(intent: TenantNetworkIntent): ClusterPlan[] {
    return planNetwork(intent);
  }

  public tenantNetworkLabels(): Record<string, string> {
    return PRIMARY_NETWORK;
  }

  public programs({ distribution }: Platform): readonly string[] {
    return [`system:serviceaccounts:${distribution === 'openshift' ? 'openshift-ovn-kubernetes' : 'ovn-kubernetes'}`];
  }

  public planEgressRouter(intent: EgressRouterIntent): EgressAddressPlan {
    return planEgressRouter(intent);
  }

  /** No pod sees a node's own address: what nodes send is translated on the way. */
  private refuseSource(from: AddressEnd, statement: Statement, facts: AddressFacts): void {
    if (from.calls) facts.apiServerSources(`${describe(statement)} on ${this.title}, which translates what nodes send to pods,`);
    if (from.range !== 'nodes') return;
    throw new Error(`[${facts.path}] ${this.title} translates what nodes send to pods, so the addresses of ${describe(statement)} never match: `
      + "allow the namespace that stands for the nodes' network instead, SecureNamespace.imported(edge, 'ovn-host-network') "
      + "or on OpenShift 'openshift-host-network'");
  }

  private refuseDestination(to: AddressEnd, statement: Statement, facts: AddressFacts): void {
    const flow = `${describe(statement)} on ${this.title}`;
    if (to.range === 'services') {
      throw new Error(`[${facts.path}] ${flow} never matches: a Service's address is translated before policies see it; name the workload behind it`);
    }
    if (to.host?.startsWith('*.')) {
      if (!facts.wildcardNames) {
        throw new Error(`[${facts.path}] ${flow} has a wildcard, which OVN-Kubernetes enforces with its DNSNameResolver only, and without it the whole firewall is not enforced: `
          + 'write each name in full, or say dnsNameResolver: true in the platform facts where it is on');
      }
      if (to.host.split('.').length < 3) throw new Error(`[${facts.path}] ${flow} has a wildcard right below a top-level domain: name the domain, such as *.example.com`);
    }
    if (to.host !== undefined && !to.host.includes('.')) {
      throw new Error(`[${facts.path}] ${flow} has no domain, and the firewall knows no search domains: write the name in full, such as orders.db.example`);
    }
    if (to.host !== undefined || to.range !== undefined || to.ownPorts !== undefined) return;
    const families = new Set(facts.everywhere(nameOf(to)).map(cidr => parseCidr(cidr).family));
    const strange = to.resolve(facts).flatMap(({ blocks }) => blocks).find(({ cidr }) => !families.has(parseCidr(cidr).family));
    if (strange) throw new Error(`[${facts.path}] ${flow} never matches: no pod has an IPv${parseCidr(strange.cidr).family} address; leave it out, or correct podCidrs`);
  }
}

function firewallOf({ leaving, dns, facts }: NamespaceIntent) {
  return renderEgressFirewall({ flows: leaving(), dns, facts });
}
