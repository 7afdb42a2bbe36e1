/**
 * The second scene: ways out through gateways of the mesh, to a name by TLS and to an address as bytes; a port that takes plaintext; and a
 * gateway whose names are proven by HTTP-01, with the solver behind it.
 */
import { Certificates, nameOf } from './certificates';
import { MeshPod } from './istiod';
import { World } from './network';
import { TRUST_DOMAIN } from './scene';
import { Wanted } from './tries';
import { Question } from '../lib/farm';

const HOSTS = {
  'pay.example': '198.51.100.20', 'ledger.example': '203.0.113.10', 'terminal': '203.0.113.77', 'passer-by': '198.51.100.77', 'stranger': '10.244.200.1',
};
const TILL = 'till.example';
const CHALLENGE = '/.well-known/acme-challenge/token';

export const OUT_OTHERS: Readonly<Record<string, string>> = {
  foreign: 'spiffe://foreign.example/ns/till/sa/cash',
  stranger: `spiffe://${TRUST_DOMAIN}/ns/till/sa/stranger`,
  site: TILL,
  payments: 'pay.example',
};

export function outWorld(certificates: Certificates): World {
  return {
    hosts: HOSTS,
    applications: [
      { host: 'pay.example', address: HOSTS['pay.example'], port: 443, ...certificates.of('payments') },
      { host: 'ledger.example', address: HOSTS['ledger.example'], port: 5432 },
    ],
    names: { 'pay.example': HOSTS['pay.example'] },
  };
}

/**
 * @param addresses of Services, by `name.namespace`
 * @param entrances the port of each gateway's pods, by its name, on which it takes connections
 */
export function outTries(
  pods: readonly MeshPod[], certificates: Certificates, addresses: ReadonlyMap<string, string>, entrances: ReadonlyMap<string, number>,
): Wanted[] {
  const of = (workload: string) => pods.find(pod => pod.workload === workload)!;
  const wanted: Wanted[] = [];
  const want = (what: string, expected: Wanted['expected'], question: Question, by?: string) => {
    wanted.push({ what, expected, question, ...by ? { by } : {} });
  };
  const pay = (from: string) => ({ from: nameOf(of(from)), url: `https://${HOSTS['pay.example']}:443/`, serverName: 'pay.example', host: 'pay.example' });
  want('`cash`, through its own proxy and the way out, reaches `pay.example`, as stated', [200], pay('cash'), 'pay.example');
  want('`books`, which did not state it, through its own proxy', ['refused'], pay('books'));
  want('`cash`, through its own proxy, asks the same address for another name', ['refused'], { ...pay('cash'), serverName: 'other.example' });
  const ledger = (from: string) => ({ from: nameOf(of(from)), url: `http://${addresses.get('ledger.egress')}:5432/` });
  want('`books`, through its own proxy and the other way out, reaches 203.0.113.10, as stated', [200], ledger('books'), 'ledger.example');
  want('`cash`, which did not state it, through its own proxy', ['refused', 502], ledger('cash'));
  want('`books`, through its own proxy, asks 203.0.113.10 itself', ['refused', 502], { ...ledger('books'), url: `http://${HOSTS['ledger.example']}:5432/` });

  const out = of('pay');
  const straight = (name?: string, serverName = `${nameOf(out)}.svc.cluster.local`) =>
    ({ from: 'stranger', url: `https://${out.address}:${entrances.get(out.workload)}/`, serverName, ...name ? certificates.of(name) : {} });
  want('somebody with the certificate of `books`, straight to the way out to `pay.example`', ['refused'], straight(nameOf(of('books'))));
  want('`cash` of another trust domain, straight to it', ['refused'], straight('foreign'));
  want('nobody, straight to it, over TLS without a certificate', ['refused'], straight());
  want('plaintext, straight to it', ['refused'], { from: 'stranger', url: `http://${out.address}:${entrances.get(out.workload)}/` });
  want('somebody with the certificate of `cash`, straight to it, for a name that is not its', ['refused'], straight(nameOf(of('cash')), 'other.example'));

  const books = { url: `http://${addresses.get(nameOf(of('books')))}:8080/`, host: `${nameOf(of('books'))}:8080` };
  want('`cash`, through both proxies, asks `books`, as stated', [200], { from: nameOf(of('cash')), ...books }, nameOf(of('books')));
  const legacy = { url: `http://${of('legacy').address}:8080/` };
  want('a terminal of 203.0.113.0/24, in plaintext, asks `legacy`, as stated', [200], { from: 'terminal', ...legacy }, nameOf(of('legacy')));
  want('an address beside them, in plaintext, asks `legacy`', [403], { from: 'passer-by', ...legacy });
  want('a terminal, in plaintext, asks `cash`, which takes none', ['refused'], { from: 'terminal', url: `http://${of('cash').address}:8080/` });

  const plain = (path: string, more: Partial<Question> = {}) => ({ from: 'passer-by', url: `http://${of('proven').address}:8080${path}`, host: TILL, ...more });
  want(`in plaintext, \`GET ${CHALLENGE}\` of a name that is proven by HTTP-01`, [200], plain(CHALLENGE), nameOf(of('cm-acme-http-solver')));
  want('in plaintext, `POST` of the same', [301, 403], plain(CHALLENGE, { method: 'POST' }));
  want('in plaintext, `GET /`', [301], plain('/'));
  want('in plaintext, `GET /.well-known/acme-challenge/../../admin`', [301], plain('/.well-known/acme-challenge/../../admin'));
  want('in plaintext, the token of a host that is not its', [403], plain(CHALLENGE, { host: 'other.example' }));
  return wanted;
}
