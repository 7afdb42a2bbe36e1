/**
 * Real Envoys with what istiod told the gateways of the second scene: one that leads to a name outside, by identity and as bytes; and one whose
 * names are proven by HTTP-01, asked in plaintext.
 */
import { Proxy, Try, asking, listenerOf, withEnvoys } from './envoys';
import { ControlPlane, MeshPod } from './istiod';
import { TRUST_DOMAIN } from './scene';

const PLACES = { pay: '127.0.7.4', proven: '127.0.7.5' };
const PAY = 'pay.egress.svc.cluster.local';
const HOST = 'till.example';
const IDENTITIES: Readonly<Record<string, string>> = {
  cash: `spiffe://${TRUST_DOMAIN}/ns/till/sa/cash`,
  books: `spiffe://${TRUST_DOMAIN}/ns/till/sa/books`,
  foreign: 'spiffe://foreign.example/ns/till/sa/cash',
  pay: `spiffe://${TRUST_DOMAIN}/ns/egress/sa/pay`,
  proven: `spiffe://${TRUST_DOMAIN}/ns/front/sa/proven`,
};

export async function tryWaysOut(run: Parameters<typeof withEnvoys>[0], binary: string, plane: ControlPlane, pods: readonly MeshPod[], name = 'ways-out'): Promise<Try[]> {
  const told = await plane.configurationsOf(pods);
  const of = (workload: string) => told[pods.findIndex(pod => pod.workload === workload)];
  const solver = of('proven').clusters.map(({ name: cluster }) => cluster).find(cluster => /\|http01-/.test(cluster));
  const out = portOf(of('pay').listeners);
  return withEnvoys(run, binary, name, IDENTITIES, (application): Proxy[] => [
    { own: 'pay', told: of('pay'), listeners: [{ place: { address: PLACES.pay, port: out }, json: listenerOf(of('pay'), out) }], targets: { 'outbound|443||pay.example': application } },
    { own: 'proven', told: of('proven'), listeners: [{ place: { address: PLACES.proven, port: 8080 }, json: listenerOf(of('proven'), 8080) }], targets: { [solver]: application } },
  ], certificates => tries(certificates, out));
}

/** The one port on which a way out takes connections, beside those of every proxy. */
function portOf(listeners: readonly any[]): number {
  return listeners.map(({ address }) => address?.socketAddress?.portValue).find(port => port !== undefined && !(port >= 15000 && port < 15100));
}

async function tries(certificates: string, port: number): Promise<Try[]> {
  const found: Try[] = [];
  const { as, attempt } = asking(certificates, found);
  const pay = { url: `https://${PLACES.pay}:${port}/`, servername: PAY };
  await attempt('`cash` through the way out to `pay.example`, as stated', [200], { ...pay, ...as('cash') });
  await attempt('`books`, which did not state it, through the same way out', ['refused'], { ...pay, ...as('books') });
  await attempt('`cash` of another trust domain, through the same way out', ['refused'], { ...pay, ...as('foreign') });
  await attempt('nobody, through the same way out, over TLS without a certificate', ['refused'], pay);
  await attempt('the same way out in plaintext', ['refused'], { url: `http://${PLACES.pay}:${port}/` });
  await attempt('`cash` through the same way out, for a name that is not its', ['refused'], { ...pay, servername: 'other.example', ...as('cash') });

  const plain = (path: string) => ({ url: `http://${PLACES.proven}:8080${path}`, host: HOST });
  await attempt('in plaintext, `GET /.well-known/acme-challenge/token` of a name that is proven by HTTP-01', [200], plain('/.well-known/acme-challenge/token'));
  await attempt('in plaintext, `POST` of the same', [301, 403], { ...plain('/.well-known/acme-challenge/token'), method: 'POST' });
  await attempt('in plaintext, `GET /`', [301], plain('/'));
  await attempt('in plaintext, `GET /.well-known/acme-challenge/../../admin`', [301], plain('/.well-known/acme-challenge/../../admin'));
  await attempt('in plaintext, the token of a host that is not its', [403], { ...plain('/.well-known/acme-challenge/token'), host: 'other.example' });
  return found;
}
