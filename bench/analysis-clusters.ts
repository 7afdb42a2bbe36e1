import { writeYaml } from '../src/emit/yaml-writer';

/** Clusters to measure the analysis with: objects as they would be read from YAML, the same for the same numbers. */
export interface ClusterSize {
  readonly pods: number;
  readonly policies: number;
}

/**
 * Pods in workloads of two replicas, ten pods a namespace; every namespace denies by default, and the other policies open flows both ways
 * with port numbers, port names and address blocks with exceptions. Ten admin policies and a baseline stand around them.
 */
export function mixedCluster({ pods, policies }: ClusterSize): any[] {
  const perNamespace = 10;
  const count = Math.ceil(pods / perNamespace);
  const objects: any[] = [];
  for (let n = 0; n < count; n++) {
    objects.push({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `ns-${n}`, labels: { tenant: `t-${n % 100}`, stage: n % 3 === 0 ? 'prod' : 'test' } } });
  }
  for (let p = 0; p < pods; p++) {
    const workload = Math.floor((p % perNamespace) / 2);
    objects.push({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `w-${workload}-${p}`,
        namespace: `ns-${Math.floor(p / perNamespace)}`,
        labels: { 'app': `w-${workload}`, 'tier': workload % 2 ? 'back' : 'front', 'pod-template-hash': `h${workload}` },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `w-${workload}`, controller: true }],
      },
      spec: { containers: [{ name: 'main', ports: [{ name: 'http', containerPort: 8080 + workload }, { name: 'metrics', containerPort: 9090 }] }] },
    });
  }
  for (let i = 0; i < policies; i++) objects.push(policy(i, count));
  for (let i = 0; i < 10; i++) objects.push(adminPolicy(i));
  objects.push({
    apiVersion: 'policy.networking.k8s.io/v1alpha1',
    kind: 'BaselineAdminNetworkPolicy',
    metadata: { name: 'default' },
    spec: { subject: { namespaces: {} }, ingress: [{ action: 'Deny', from: [{ namespaces: { matchLabels: { stage: 'test' } } }] }] },
  });
  return objects;
}

function policy(i: number, namespaces: number): any {
  const namespace = `ns-${i % namespaces}`;
  const round = Math.floor(i / namespaces);
  const meta = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: `policy-${round}`, namespace } };
  if (round === 0) return { ...meta, spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 'http' }] }] } };
  const other = { matchLabels: { 'kubernetes.io/metadata.name': `ns-${(i * 7 + 3) % namespaces}` } };
  const own = { matchLabels: { app: `w-${round % 5}` } };
  const block = { ipBlock: { cidr: `10.${i % 200}.0.0/16`, except: [`10.${i % 200}.${i % 250}.0/24`] } };
  return {
    ...meta,
    spec: {
      podSelector: own,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ namespaceSelector: other, podSelector: { matchLabels: { tier: 'front' } } }], ports: [{ port: 'http' }, { port: 9090 }] }],
      egress: [
        { to: [{ namespaceSelector: other }], ports: [{ port: 8080, endPort: 8090 }] },
        { to: [block], ports: [{ port: 443 }] },
        { to: [{ namespaceSelector: { matchLabels: { tenant: `t-${i % 100}` } }, podSelector: { matchLabels: { app: 'w-0' } } }] },
      ],
    },
  };
}

function adminPolicy(i: number): any {
  return {
    apiVersion: 'policy.networking.k8s.io/v1alpha1',
    kind: 'AdminNetworkPolicy',
    metadata: { name: `admin-${i}` },
    spec: {
      priority: i,
      subject: { namespaces: { matchLabels: { tenant: `t-${i}` } } },
      egress: [
        { action: 'Deny', to: [{ networks: ['169.254.169.254/32'] }] },
        { action: 'Pass', to: [{ namespaces: {} }] },
      ],
      ingress: [{ action: 'Deny', from: [{ namespaces: { matchLabels: { tenant: `t-${i + 1}` } } }], ports: [{ portNumber: { protocol: 'TCP', port: 9090 } }] }],
    },
  };
}

/** Namespaces with four workloads each, closed by default, four flows a workload stated at both ends: what this library writes. */
export function closedCluster(namespaces: number): any[] {
  const objects: any[] = [];
  for (let n = 0; n < namespaces; n++) {
    const namespace = `ns-${n}`;
    objects.push({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { tenant: `t-${n}` } } });
    objects.push(networkPolicy(namespace, 'default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }));
    for (let w = 0; w < 4; w++) {
      objects.push({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: `w-${w}`, namespace },
        spec: { template: { metadata: { labels: { app: `w-${w}`, id: `${n}-${w}` } }, spec: { containers: [{ name: 'main', ports: [{ name: 'http', containerPort: 8080 }] }] } } },
      });
      const peers = [1, 2, 3].map(step => ({ podSelector: { matchLabels: { app: `w-${(w + step) % 4}` } } }));
      const far = (step: number) => ({
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': `ns-${(n + step + namespaces) % namespaces}` } },
        podSelector: { matchLabels: { app: `w-${w}` } },
      });
      objects.push(networkPolicy(namespace, `w-${w}`, {
        podSelector: { matchLabels: { app: `w-${w}` } },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ from: [...peers, far(-1)], ports: [{ port: 8080, protocol: 'TCP' }] }],
        egress: [{ to: [...peers, far(1)], ports: [{ port: 8080, protocol: 'TCP' }] }],
      }));
    }
  }
  return objects;
}

function networkPolicy(namespace: string, name: string, spec: any): any {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}

/** The same objects, but for one policy that lets nobody in any more. */
export function withOneChange(objects: readonly any[]): any[] {
  const place = objects.findIndex(({ kind, spec }) => kind === 'NetworkPolicy' && spec.ingress?.length > 0);
  return objects.map((object, i) => i === place ? { ...object, spec: { ...object.spec, ingress: [] } } : object);
}

/** The text of a file with all of them; nothing in it is an alias of something else. */
export function yamlOf(objects: readonly any[]): string {
  return writeYaml(JSON.parse(JSON.stringify(objects)));
}
