import { Mutant } from './mutant';

const TEST = 'test/providers/ovn-egress-firewall.test.ts';
const FIREWALL = 'src/providers/_egress-firewall.ts';
const FAULTS = 'src/providers/_firewall-faults.ts';

export const EDGE_FIREWALL: Mutant[] = [
  {
    title: 'IPv6 is forgotten at the end',
    file: FIREWALL,
    find: "['0.0.0.0/0', '::/0'].map(",
    replace: "['0.0.0.0/0'].map(",
    test: TEST,
    name: '8. egress firewall a namespace without flows lets nothing out, in both families',
  },
  {
    title: 'a range is allowed before its holes are denied',
    file: FIREWALL,
    find: "    ...holesOf(cidrs, blocks, facts).map(rule('Deny')),\n    ...cidrs.map(rule('Allow')),\n",
    replace: "    ...cidrs.map(rule('Allow')),\n    ...holesOf(cidrs, blocks, facts).map(rule('Deny')),\n",
    test: TEST,
    name: '8. egress firewall addresses pass on their ports, the holes of a range are denied before it',
  },
  {
    title: 'a name is allowed on every port',
    file: FIREWALL,
    find: "({ type: 'Allow', to: { dnsName }, ports: on })",
    replace: "({ type: 'Allow', to: { dnsName } })",
    test: TEST,
    name: '8. egress firewall: names a name passes on its port only',
  },
  {
    title: 'two workloads share their names',
    file: FAULTS,
    find: 'if (other.to.host !== undefined) return own.some(sameName);',
    replace: 'if (other.to.host !== undefined) return true;',
    test: TEST,
    name: '8. egress firewall: names two workloads of a namespace with different names',
  },
  {
    title: 'what another workload may reach counts as one\'s own',
    file: FAULTS,
    find: "return other.kind === 'namespace' || keyOf(subject) === keyOf(other);",
    replace: "return other.kind === 'namespace' || keyOf(subject) !== '';",
    test: TEST,
    name: '8. egress firewall: names addresses that another workload may use',
  },
  {
    title: 'a wildcard is written where nobody resolves it',
    file: 'src/intent/platform.ts',
    find: 'wildcardNames: this._facts.dnsNameResolver === true,',
    replace: 'wildcardNames: this._facts.dnsNameResolver !== false,',
    test: TEST,
    name: '8. egress firewall: names wildcards need the resolver',
  },
  {
    title: 'a firewall may be wider than stated while the policies hold',
    file: 'src/proof/firewalls.ts',
    find: 'new Differences(reach, { more: !acknowledged, less: true })',
    replace: 'new Differences(reach, { more: acknowledged, less: true })',
    test: TEST,
    name: '8. egress firewall: each gate holds by itself a firewall that lets more pass',
  },
  {
    title: 'the API server is let in from the addresses of its nodes, where it never comes from',
    file: 'src/providers/ovn-kubernetes.ts',
    find: 'if (from.calls) facts.apiServerSources(',
    replace: 'if (from.host) facts.apiServerSources(',
    test: TEST,
    name: '5. calls of the API server on OVN-Kubernetes ask where they come from',
  },
];
