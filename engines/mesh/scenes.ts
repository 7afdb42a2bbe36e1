/**
 * The scenes that are tried in real proxies: as they are, and broken on purpose while the proxies run, which istiod then tells. What is broken
 * has to come out otherwise, or the tries could not fail.
 */
import { Connectivity } from 'cdk8s-secure-network';
import { Certificates, nameOf } from './certificates';
import { ControlPlane, MeshPod, carries } from './istiod';
import { DRAIN_SECONDS, MeshNetwork, World } from './network';
import type { ProxiesReport } from './part';
import { MESH_LAYERS } from './proxies';
import { requestsFor, saysRow } from './requests';
import { ISSUER, egressScene, meshScene } from './scene';
import { SHOP_OTHERS, shopTries, shopWorld } from './shop-tries';
import { Try, Wanted, answerOf, tried } from './tries';
import { OUT_OTHERS, outTries, outWorld } from './ways-out';
import { ApiServer } from '../api-server/server';
import { answer } from '../control-plane/issuer';
import { Manifest, keyOf } from '../lib/manifests';
import { Run } from '../lib/run';

export interface Scene {
  readonly name: string;
  readonly short: string;
  readonly make: (outdir: string) => Manifest[];
  /** Who is none of its pods. */
  readonly others: Readonly<Record<string, string>>;
  readonly world: (certificates: Certificates) => World;
  readonly tries: (pods: readonly MeshPod[], certificates: Certificates, addresses: Addresses, entrances: Entrances) => Wanted[];
  readonly broken: readonly Broken[];
}

type Addresses = ReadonlyMap<string, string>;
type Entrances = ReadonlyMap<string, number>;

interface Broken {
  readonly what: string;
  /** As `Kind/namespace/name`. */
  readonly object: string;
  readonly change: (spec: any) => any;
  /** How the tries that come out otherwise begin, at least. */
  readonly shows: string;
}

const everybody = (spec: any) => ({ ...spec, rules: [{ from: [{ source: { principals: ['*'] } }] }] });

export const SCENES: readonly Scene[] = [
  {
    name: 'a shop behind a gateway',
    short: 'shop',
    make: meshScene,
    others: SHOP_OTHERS,
    world: () => shopWorld,
    tries: shopTries,
    broken: [
      { what: 'the policy of `orders` widened to everybody with an identity', object: 'AuthorizationPolicy/store/orders-authorization', change: everybody, shows: 'an identity that nobody stated' },
      {
        what: 'the gateway\'s denials taken away',
        object: 'AuthorizationPolicy/entrance/public-denials',
        change: spec => ({ ...spec, rules: [{ to: [{ operation: { ports: ['8443'], paths: ['/elsewhere'] } }] }] }),
        shows: 'through the gateway, `GET /admin`',
      },
      { what: 'mutual TLS no longer demanded in `store`', object: 'PeerAuthentication/store/default', change: spec => ({ ...spec, mtls: { mode: 'PERMISSIVE' } }), shows: 'plaintext' },
    ],
  },
  {
    name: 'ways out, a port in plaintext, names proven by HTTP-01',
    short: 'ways-out',
    make: egressScene,
    others: OUT_OTHERS,
    world: outWorld,
    tries: outTries,
    broken: [
      { what: 'the policy of the way out widened to everybody with an identity', object: 'AuthorizationPolicy/egress/pay-authorization', change: everybody, shows: 'somebody with the certificate of `books`' },
    ],
  },
];

interface Stage extends Omit<Scene, 'name' | 'make'> {
  readonly run: Run;
  /** Envoy. */
  readonly binary: string;
  readonly server: ApiServer;
  readonly plane: ControlPlane;
  readonly manifests: readonly Manifest[];
  readonly pods: readonly MeshPod[];
  readonly certificates: Certificates;
}

export async function judgeScene(stage: Stage, into: ProxiesReport): Promise<void> {
  const { run, binary, server, plane, manifests, pods, certificates, short, broken } = stage;
  await prepare(stage);
  const network = await MeshNetwork.start({ run, name: short, binary, plane, pods, certificates, world: stage.world(certificates) });
  try {
    const wanted = stage.tries(pods, certificates, await addressesOf(server, manifests), entrancesOf(manifests, pods));
    const wrong = (tries: readonly Try[]) => tries.filter(({ right }) => !right);
    const tries = await until(() => tried(network, wanted), found => wrong(found).length === 0);
    into.tries.push(...tries);
    await judgeRequests(network, stage, into);
    into.failures.push(...wrong(tries).map(({ what, expected, found }) => `Envoy: ${what}: ${found}, and ${expected.join(' or ')} is right`));
    for (const { what, object, change, shows } of broken) {
      const whole = manifests.find(each => keyOf(each) === object);
      if (!whole) throw new Error(`the scene has no ${object}`);
      await server.client.applied({ ...whole, spec: change(whole.spec) });
      const seen = (found: readonly Try[]) => wrong(found).some(each => each.what.startsWith(shows));
      await until(() => tried(network, wanted), seen);
      // Each proxy is told by itself, and lets go of the connections that it made before only then.
      const found = await later(() => tried(network, wanted), 3000 * DRAIN_SECONDS);
      into.otherwise.push({ what, tries: wrong(found) });
      if (!seen(found)) into.failures.push(`Envoy: ${what}, and nothing of it shows`);
      await server.client.applied(whole);
      const healed = await until(() => tried(network, wanted), again => wrong(again).length === 0);
      into.failures.push(...wrong(healed).map(each => `Envoy: ${each.what}: ${each.found}, after ${what} is mended`));
    }
  } finally {
    network.stop();
  }
}

/** Every caller asks every workload that lets some requests in only for all that tells its conditions apart, straight and with his certificate. */
async function judgeRequests(network: MeshNetwork, { manifests, pods, certificates }: Stage, into: ProxiesReport): Promise<void> {
  const rows = Connectivity.ofObjects([...manifests], { facts: { podCidrs: ['10.244.0.0/16'] } }).onlyLayers(...MESH_LAYERS).rows();
  const meshed = pods.filter(({ meshed: joins }) => joins);
  const asked = meshed.filter(({ gateway }) => !gateway).flatMap(pod => {
    const here = rows.filter(({ dst }) => dst.startsWith(`${pod.namespace}/${pod.workload}[`));
    if (!here.some(({ where }) => where)) return [];
    return meshed.filter(caller => caller !== pod).flatMap(caller => pod.ports.flatMap(({ port }) => requestsFor(here, nameOf(pod)).map(request => {
      const row = here.find(({ src }) => src.startsWith(`${caller.namespace}/${caller.workload}[`));
      const { method, host, path } = request;
      const question = { from: 'stranger', url: `https://${pod.address}:${port}${path}`, method, host, ...certificates.of(nameOf(caller)) };
      return { question, lets: row !== undefined && saysRow(row, port, request), text: `${nameOf(caller)} asks ${nameOf(pod)} for ${method} ${path}` };
    })));
  });
  const replies = await network.ask(asked.map(({ question }) => question));
  asked.forEach(({ lets, text }, i) => {
    const found = answerOf(replies[i]);
    into.requests.asked += 1;
    if (found === 200) into.requests.answered += 1;
    if (lets === undefined || found !== (lets ? 200 : 403)) into.failures.push(`Envoy: ${text}: ${found}, and the row says ${lets}`);
  });
}

/** What the world outside brings: the certificates of gateways, and the keys of an issuer of tokens, which istiod would fetch from there. */
async function prepare({ server, manifests, certificates }: Stage): Promise<void> {
  for (const secret of certificates.secretsFor(manifests, 'site')) await server.client.applied(secret);
  const keys = JSON.stringify(answer('', `/${encodeURIComponent(ISSUER)}/keys`));
  for (const asked of manifests.filter(({ kind }) => kind === 'RequestAuthentication')) {
    const jwtRules = asked.spec.jwtRules.map(({ jwksUri: _, ...rule }: any) => ({ ...rule, jwks: keys }));
    await server.client.applied({ ...asked, spec: { ...asked.spec, jwtRules } });
  }
}

/** The addresses that Services were given. */
async function addressesOf(server: ApiServer, manifests: readonly Manifest[]): Promise<Addresses> {
  const services = manifests.filter(({ kind }) => kind === 'Service');
  const found = await Promise.all(services.map(async service => server.client.demand('GET', await server.client.pathOf(service))));
  return new Map(found.map(({ metadata: { name, namespace }, spec }) => [`${name}.${namespace}`, spec.clusterIP]));
}

/** The port of its pods on which each gateway takes connections. */
function entrancesOf(manifests: readonly Manifest[], pods: readonly MeshPod[]): Entrances {
  return new Map(pods.filter(({ gateway }) => gateway).flatMap(({ namespace, workload, labels }): [string, number][] => {
    const service = manifests.find(({ kind, metadata, spec }) => kind === 'Service' && metadata.namespace === namespace && carries(labels, spec.selector ?? {}));
    return service ? [[workload, service.spec.ports[0].targetPort]] : [];
  }));
}

/** istiod waits a moment for more changes before it tells, and a proxy takes one to change. */
async function until(attempt: () => Promise<Try[]>, enough: (found: readonly Try[]) => boolean): Promise<Try[]> {
  let found = await attempt();
  for (let tries = 0; tries < 10 && !enough(found); tries++) found = await later(attempt);
  return found;
}

async function later(attempt: () => Promise<Try[]>, ms = 500): Promise<Try[]> {
  await new Promise(resolve => setTimeout(resolve, ms));
  return attempt();
}
