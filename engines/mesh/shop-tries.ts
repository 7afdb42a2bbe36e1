/** The first scene: two workloads, each through its own proxy and the other's, strangers who go straight to them, and a gateway in front. */
import { Certificates, nameOf } from './certificates';
import { MeshPod } from './istiod';
import { World } from './network';
import { HOST, ISSUER, OTHER_HOST, TRUST_DOMAIN } from './scene';
import { Wanted } from './tries';
import { tokenOf } from '../control-plane/issuer';
import { Claims, Signing } from '../control-plane/tokens';
import { Question } from '../lib/farm';

const HOSTS = { visitor: '203.0.113.77', stranger: '10.244.200.1', elsewhere: '198.51.100.20' };

/** Who is none of the scene's pods. */
export const SHOP_OTHERS: Readonly<Record<string, string>> = {
  stranger: `spiffe://${TRUST_DOMAIN}/ns/store/sa/stranger`,
  foreign: 'spiffe://foreign.example/ns/store/sa/web',
  site: `${HOST},${OTHER_HOST}`,
};

export const shopWorld: World = { hosts: HOSTS, applications: [{ host: 'elsewhere', address: HOSTS.elsewhere, port: 80 }], names: {} };

/** @param addresses of Services, by `name.namespace` */
export function shopTries(pods: readonly MeshPod[], certificates: Certificates, addresses: ReadonlyMap<string, string>): Wanted[] {
  const [web, orders, gateway] = ['web', 'orders', 'public'].map(workload => pods.find(pod => pod.workload === workload)!);
  const wanted: Wanted[] = [];
  const want = (what: string, expected: Wanted['expected'], question: Question, by?: MeshPod) => {
    wanted.push({ what, expected, question, ...by ? { by: nameOf(by) } : {} });
  };

  const service = (to: MeshPod, path: string) => ({ url: `http://${addresses.get(nameOf(to))}:8080${path}`, host: `${nameOf(to)}:8080` });
  const fromWeb = (path: string, method = 'GET') => ({ from: nameOf(web), ...service(orders, path), method });
  want('`web`, through its own proxy, asks `orders` for `GET /orders/1`, as stated', [200], fromWeb('/orders/1'), orders);
  want('the same for `DELETE /orders/1`', [403], fromWeb('/orders/1', 'DELETE'));
  want('the same for `GET /admin`', [403], fromWeb('/admin'));
  want('`orders`, through its own proxy, asks `web`, which it may not', [502, 'refused'], { from: nameOf(orders), ...service(web, '/') });
  want('`web`, through its own proxy, asks an address outside that nobody stated', [502, 'refused'], { from: nameOf(web), url: `http://${HOSTS.elsewhere}/` });

  const straight = (path: string, name?: string) => ({ from: 'stranger', url: `https://${orders.address}:8080${path}`, ...name ? certificates.of(name) : {} });
  want('somebody with the certificate of `web`, straight to `orders`', [200], straight('/orders/1', nameOf(web)), orders);
  want('an identity that nobody stated, straight to `orders`', [403], straight('/orders/1', 'stranger'));
  want('`web` of another trust domain, under the same authority', [403, 'refused'], straight('/orders/1', 'foreign'));
  want('nobody, over TLS without a certificate', ['refused'], straight('/orders/1'));
  want('plaintext', ['refused'], { from: 'stranger', url: `http://${orders.address}:8080/orders/1` });

  const entrance = (path: string, more: Partial<Question> = {}) => ({ from: 'visitor', url: `https://${gateway.address}:8443${path}`, host: HOST, serverName: HOST, ...more });
  const soon = Math.floor(Date.now() / 1000) + 600;
  const bearer = (claims: Claims, signing: Signing) =>
    ({ headers: { authorization: `Bearer ${tokenOf(ISSUER, { iss: ISSUER, aud: 'shop', sub: 'customer', exp: soon, ...claims }, signing)}` } });
  want('through the gateway and both proxies, `GET /` of `web`, for everybody', [200], entrance('/'), web);
  for (const path of ['/admin', '/admin/x', '//admin', '/%61dmin', '/x/../admin']) want(`through the gateway, \`GET ${path}\``, [403], entrance(path));
  want('through the gateway, `GET /orders/1` without a token', [403], entrance('/orders/1'));
  want('through the gateway, `GET /orders/1` with a token of the issuer', [200], entrance('/orders/1', bearer({}, 'RS256')), orders);
  want('through the gateway, `DELETE /orders/1`, which only the route of `web` takes', [200], entrance('/orders/1', { method: 'DELETE' }), web);
  want('through the gateway, `GET /orders/1` with a token that another key signed', [401], entrance('/orders/1', bearer({}, 'stranger')));
  want('through the gateway, `GET /orders/1` with a token for another audience', [401, 403], entrance('/orders/1', bearer({ aud: 'other' }, 'RS256')));
  want('through the gateway, `stock.example`, which is its too, on the connection for `shop.example`', [421], entrance('/', { host: OTHER_HOST }));
  want('through the gateway, `stock.example` on a connection of its own', [200], entrance('/', { host: OTHER_HOST, serverName: OTHER_HOST }), web);
  want('through the gateway, a host that is not its, on the connection for `shop.example`', [403], entrance('/', { host: 'other.example' }));
  want('a connection for another host', ['refused'], entrance('/', { serverName: 'other.example' }));
  return wanted;
}
