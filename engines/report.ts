/** Writes docs/proof.md: what was tried and what nobody here can prove. The same output of the library gives the same bytes. */
import { mkdirSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';
import { Acceptance } from './api-server/acceptance';
import { CrdReport } from './api-server/crds';
import { GrantReport } from './api-server/grants';
import { ControlPlaneReport } from './control-plane/part';
import { controlPlanes, grantsSection } from './control-plane/report';
import { GuardrailReport } from './guardrails/part';
import { InterruptionReport } from './interruption';
import { ENGINES, versionOf } from './lib/build';
import { ENVOY_VERSION } from './lib/envoy';
import { REPOSITORY } from './lib/paths';
import { MeshReport } from './mesh/istioctl';
import { ProxiesReport } from './mesh/part';
import { PacketReport } from './packets/part';
import { PeerReport } from './peer/netpol-analyzer';
import { ProxyReport } from './proxy-part';

export interface Proof {
  readonly goVersion: string;
  readonly crds: readonly CrdReport[];
  readonly acceptance: Acceptance;
  readonly packets: PacketReport;
  readonly proxy: ProxyReport;
  readonly peer: PeerReport;
  readonly mesh: MeshReport;
  readonly proxies: ProxiesReport;
  readonly controlPlane: ControlPlaneReport;
  readonly grants: GrantReport;
  readonly guardrails: GuardrailReport;
  readonly interruption: InterruptionReport;
}

export function writeProof(proof: Proof): string {
  const path = join(REPOSITORY, 'docs', 'proof.md');
  mkdirSync(dirname(path), { recursive: true });
  const parts = [
    intro(proof), acceptance(proof), guardrails(proof.guardrails), controlPlanes(proof.controlPlane), grantsSection(proof.grants),
    packets(proof.packets), proxy(proof.proxy), peer(proof.peer), frames(proof), interruption(proof.interruption), unproven(proof),
  ];
  writeFileSync(path, `${parts.join('\n\n')}\n`);
  return 'written: docs/proof.md';
}

function intro({ goVersion, proxy: { version } }: Proof): string {
  const engines = Object.values(ENGINES).filter(engine => engine.module).map(engine => [engine.name, `${engine.module} ${versionOf(engine)}`]);
  return `# What real engines say of the output

This file is written by \`npm run test:engines\`, never by hand. It is written when every part ran and nothing failed.
The engines are built from Go modules with ${goVersion}, pinned by version and checksum in \`engines/go/\`; the proxy is the distribution's.

${table(['engine', 'version'], [...engines, ['haproxy', version]])}`;
}

function acceptance({ acceptance: { cases, kinds, pods, refused, folders, noticed }, crds }: Proof): string {
  const accepted = [...kinds].sort(([a], [b]) => a < b ? -1 : 1).map(([kind, count]) => [kind, `${count}`, (refused.get(kind) ?? []).join('; ')]);
  const sum = [...kinds.values()].reduce((a, b) => a + b, 0);
  const sources = crds.map(({ of, module, version, count, missing, ours }) => [of, ours ? 'stand-ins of this project' : `${module} ${version}`, missing ? 'not served by the module proxy of the last run' : `${count}`]);
  return `## 1. The API server

Every manifest of ${cases.length} cases (examples, golden manifests, and random intents on every platform with every network provider) is sent to a real kube-apiserver by
server-side apply with strict field validation. ${sum} manifests were accepted; what came back holds all that was sent; no warning was given, of Pod Security or
anything else; a second apply changed nothing. Each of ${pods} pod templates was also accepted as a Pod, and its privileged twin was refused.
\`kubectl apply --server-side -R -f dist\` ran twice over each of ${folders} example folders in the order of its files, without an error or a warning.

So that acceptance means something, wrong manifests of every kind are sent too, and each has to be refused:

${table(['kind', 'accepted', 'refused when'], accepted)}

The schemas are the real ones, but for the stand-ins, which this project wrote where no module holds the real ones:

${table(['of', 'read from', 'CustomResourceDefinitions'], sources)}

A manifest of a kind whose schema is missing fails the command. Calico's \`projectcalico.org/v3\` is served by an API server of its own and is not among them.

Seen to fail, in every run, with cases that are broken so:

${noticed.map(what => `- ${what}`).join('\n')}`;
}

function packets({ scenes, intents, services, mutations }: PacketReport): string {
  const rows = scenes.map(({ name, pods, policies, tries, open }) => [name, `${pods}`, `${policies}`, `${tries}`, `${open}`]);
  const buckets = [10, 20, 30, 40, 50].map(from => {
    const inside = intents.shares.filter(share => Math.floor(share * 10) * 10 === from || (from === 50 && share >= 0.6));
    return [`${from}-${from + 10}%`, `${inside.length}`, '#'.repeat(inside.length)];
  });
  const tried = scenes.reduce((sum, scene) => sum + scene.tries, 0);
  return `## 2. Packets

Network namespaces are the pods, one is the router, and kube-network-policies decides there on every packet that opens a connection; what it does not decide is dropped.
${tried} connections were really opened, TCP and UDP, IPv4 and IPv6, between workloads, from and to addresses outside (inside each range that a policy names, in its exceptions,
just beside it, and anywhere), and with pods nobody declared: one without labels in every namespace, one in a namespace nobody declared, and the smallest that satisfies each selector.
Each came out as the computed connectivity of the same layers says: no difference. The layer is NetworkPolicy; in the two fixtures also the tiers before and after it.

${table(['scene', 'pods', 'policies', 'connections tried', 'open'], rows)}

A silent connection that should be open is asked again with more patience, because a lost packet is no denial; one that is open and should be closed is a failure at once.

Of ${services.tries} connections through a Service's own address, ${services.open} were open; ${services.otherPort} of them go to a Service port that is not the pod's, ${services.otherPortOpen} of those open.

The ${intents.accepted} random intents allow this share of what is tried (of ${intents.tried} made, the others allowed less than 10% or more than 60%):

${table(['share', 'intents', ''], buckets)}

Seen to fail, in every run: a policy is taken away or a selector widened, the packets are sent again, and this many connections differ from what was computed for the right one:

${table(['scene', 'broken so', 'connections that differ'], mutations.map(({ name, what, turned }) => [name, what, `${turned}`]))}`;
}

function proxy({ trials, sabotages, version }: ProxyReport): string {
  return `## 3. The router's proxy

The configuration that EgressRouter renders runs in HAProxy ${version}, beside a name server whose answers change.

${trials.map(({ name }) => `- ${name}`).join('\n')}

Seen to fail, in every run, with the configuration broken so:

${sabotages.map(({ what }) => `- ${what}`).join('\n')}`;
}

function peer({ cases, mutations }: PeerReport): string {
  const rows = cases.reduce((sum, { rows: count }) => sum + count, 0);
  return `## 4. A peer

np-guard's netpol-analyzer reads the manifests of ${cases.length} cases and comes to the same connectivity, ${rows} rows in all, ranges outside joined.
It knows IPv4 only (it takes \`2600::/16\` for \`38.0.0.0/16\`), and no ClusterNetworkPolicy: those are left out on both sides.

Seen to fail, in every run, when it is given the manifests without one policy:

${mutations.map(({ name, differing }) => `- ${name}: ${differing} rows differ`).join('\n')}`;
}

/** A section of its own below the API server's. */
function guardrails({ refused, admitted, controllers }: GuardrailReport): string {
  const rows = [...refused].sort(([a], [b]) => a < b ? -1 : 1).map(([name, deeds]) => [name, deeds.join('; ')]);
  return `### Guardrails

Everything below was tried in that API server by a tenant whose roles allow everything: before the guardrails were there it passed, with them it was refused by the one
named, in its own words, and for a platform subject it passed.

${table(['guardrail', 'a tenant who'], rows)}

A tenant went on doing what is his: he ${admitted.join('; ')}. The cluster's own controllers, under their own names and roles: ${controllers.join('; ')}.
A namespace with our objects in it was removed by a platform subject, and emptied and finalized by the namespace controller.`;
}

function frames({ mesh, proxies }: Proof): string {
  return `## 5. The mesh

\`istioctl analyze\` has nothing to say about ${mesh.cases.map(({ name, objects }) => `${name} (${objects} mesh objects)`).join(', ')}; it sees a VirtualService bound to a gateway that is not there.
${mesh.cases.flatMap(({ name, explained }) => explained.map(why => `\nSaid of ${name}, and explained: ${why}.\n`)).join('')}
istiod serves what the library wrote, with a pod for every workload, and is asked over xDS what each proxy is told. Its access filters, the chains that take
plaintext or demand a certificate, and the Services that a proxy knows of are held against what the analysis reads in the same manifests: from every other
workload, from an identity that nobody stated, from the same names in another trust domain, and in plaintext from outside, on every port of the case.

Where a caller is let in for some requests only, istiod's filters and the row of the analysis are asked about each request that tells such conditions apart: methods, hosts
and paths that they name, just beside them, and far from them.

${table(['case', 'proxies', 'questions', 'let in', 'requests', 'differences'],
  proxies.cases.map(({ name, proxies: count, questions, open, requests }) => [name, `${count}`, `${questions}`, `${open}`, `${requests}`, '0']))}

Broken on purpose, the proxies are told something else than was stated:

${proxies.broken.map(({ what, differences }) => `- ${what}: ${differences} differences`).join('\n')}

Whereto the routes of each gateway lead is held against what it may reach, both ways, and what a proxy knows of outside against what its workload may reach
there; what it does not know, no proxy leads anywhere.

Two scenes were played in network namespaces: every pod has one, with an application behind its ports and, in the mesh, an upstream Envoy ${ENVOY_VERSION} beside it that asks
istiod itself for all it does and shows it who it is. Connections of the pod are led through it by rules of its namespace, its own are told by its group, as the mesh does it; its
certificate comes over the socket where istiod tells it to ask, from a small agent of our own. Certificates of gateways are Secrets in the API server, and istiod hands them
over because the Role of the gateway says so. ${proxies.tries.length} requests were made, from pods, from strangers in the cluster and from outside:

${table(['tried', 'answered'], proxies.tries.map(({ what, found }) => [what, `${found}`]))}

With the certificate of every other workload in the mesh, ${proxies.requests.asked} more requests went straight to the workloads that let some requests in only; ${proxies.requests.answered}
were answered, the others got 403, each as its row says.

While they ran, this was broken on purpose, one after the other; istiod told it, and this came out otherwise, and right again once it was mended:

${table(['broken', 'tried', 'answered'], proxies.otherwise.flatMap(({ what: broken, tries }) => tries.map(({ what, found }) => [broken, what, `${found}`])))}
`;
}

function interruption({ interrupted }: InterruptionReport): string {
  const rows = interrupted.map(({ part, signal, when }) => [part, signal, when]);
  return `## 6. Interrupted

Each part of this command was started by itself and interrupted. Afterwards no process of it lived, in whatever namespace, no network namespace
had a name, no interface and no table of rules was there that was not there before, and its folders were gone.

${table(['part', 'signal', 'once'], rows)}`;
}

function unproven({ crds }: Proof): string {
  const missing = crds.filter(crd => crd.missing).map(crd => crd.of);
  const ours = crds.filter(crd => crd.ours).map(crd => crd.of);
  return `## What no engine here can prove

- That your cluster's network plugin enforces NetworkPolicy as this enforcer does. Where plugins are known to differ (host network, the node's own traffic, ipBlock against pods) nothing here decides for yours.
- SCTP and ICMP: the test kernel opens no SCTP sockets, and policies say nothing of ICMP.
- Established connections when a policy changes: every try is a new connection.
- That no packet leaves in the moment between a pod's start and the enforcer's first sight of it.
- What a controller would do: none runs here. Services are rules written from the manifests, pods are written as Running, and nothing is scheduled.
${missing.length > 0 ? `- Kinds of ${missing.join(', ')}: the real schemas could not be read in the last run.\n` : ''}${ours.length > 0 ? `- That the real schemas of ${ours.join(' and of ')} demand no more than our stand-ins do.\n` : ''}- Speed: see performance.md.`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
