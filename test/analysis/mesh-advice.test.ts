import { textOfCondition } from '../../src/analysis/conditions';
import { Connectivity } from '../../src/analysis/connectivity';
import { ConnectivityChange, diff, opens, closes } from '../../src/analysis/diff';
import { tell } from '../../src/analysis/report/story';
import { endsOf } from '../../src/analysis/verdict';

const namespace = (name: string, labels: object = { 'istio-injection': 'enabled' }) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
const pod = (home: string, name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: home, name, labels: { app: name } },
  spec: { serviceAccountName: name, containers: [{ name: 'main', image: 'x' }], ...spec },
});
const service = (home: string, name: string, port = 8080) =>
  ({ apiVersion: 'v1', kind: 'Service', metadata: { namespace: home, name }, spec: { selector: { app: name }, ports: [{ port }] } });
const istio = (group: 'networking' | 'security', kind: string, home: string, name: string, spec: object) =>
  ({ apiVersion: `${group}.istio.io/v1`, kind, metadata: { namespace: home, name }, spec });
const CLUSTER = [namespace('shop'), namespace('store'), namespace('istio-system', {}), pod('shop', 'web'), pod('shop', 'api'), service('shop', 'api'), pod('store', 'stock'), service('store', 'stock')];
const read = (...objects: any[]) => Connectivity.ofObjects([...CLUSTER, ...objects]);
const advice = (net: Connectivity, src: string, dst: string) => net.verdict({ src, dst, port: 8080 }).reasons.filter(({ layer }) => ['sidecar', 'request-authentication', 'gateway'].includes(layer)).map(({ text }) => text);

describe('9. the mesh is read: Sidecar, as advice', () => {
  const scope = (hosts: string[], spec: object = {}, home = 'shop', name = 'scope') =>
    istio('networking', 'Sidecar', home, name, { egress: [{ hosts }], outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' }, ...spec });
  const MISSING = (name: string) => [`Sidecar ${name} does not list a Service of store/stock[Pod], so the proxy of shop/web[Pod] does not lead there: a mistake is seen, and nothing is enforced`];

  test('what a proxy does not know of is told, and the verdict stays', () => {
    const net = read(scope(['./*']));
    expect(net.verdict({ src: 'shop/web', dst: 'store/stock', port: 8080 }).allowed).toBe(true);
    expect(advice(net, 'shop/web', 'store/stock')).toEqual(MISSING('shop/scope'));
    expect(advice(net, 'shop/web', 'shop/api')).toEqual([]);
  });

  test.each([
    ['store/*', true], ['*/*', true], ['store/stock.store.svc.cluster.local', true], ['*/stock.store.svc.example', true], ['store/*.store.svc.cluster.local', true],
    ['store/other.store.svc.cluster.local', false], ['./stock.store.svc.cluster.local', false], ['shop/*', false], ['~/*', false], ['store/stock.store.svcx', false],
  ])('%s is %s', (host, known) => {
    expect(advice(read(scope([host])), 'shop/web', 'store/stock')).toEqual(known ? [] : MISSING('shop/scope'));
  });

  test('what selects the workload goes before what is of its namespace, and that before what is of the mesh', () => {
    const root = scope(['*/none'], {}, 'istio-system', 'root');
    expect(advice(read(root), 'shop/web', 'store/stock')).toEqual(MISSING('istio-system/root'));
    expect(advice(read(root, scope(['store/*'])), 'shop/web', 'store/stock')).toEqual([]);
    const own = scope(['./*'], { workloadSelector: { labels: { app: 'web' } } }, 'shop', 'own');
    expect(advice(read(root, scope(['store/*']), own), 'shop/web', 'store/stock')).toEqual(MISSING('shop/own'));
    const others = scope(['./*'], { workloadSelector: { labels: { app: 'api' } } }, 'shop', 'own');
    expect(advice(read(scope(['store/*']), others), 'shop/web', 'store/stock')).toEqual([]);
  });

  test('where everything unknown is let through there is nothing to tell, nor of who has no proxy', () => {
    expect(advice(read(scope(['./*'], { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } })), 'shop/web', 'store/stock')).toEqual([]);
    expect(advice(read(scope(['./*']), namespace('plain', {}), pod('plain', 'old')), 'plain/old', 'store/stock')).toEqual([]);
  });
});

describe('9. the mesh is read: RequestAuthentication, as advice', () => {
  const tokens = (spec: object, home = 'shop') => istio('security', 'RequestAuthentication', home, 'tokens', spec);
  const RULES = { jwtRules: [{ issuer: 'https://login.example' }] };

  test('it refuses tokens that are no good, and nobody without one', () => {
    const net = read(tokens(RULES));
    expect(net.verdict({ src: 'shop/web', dst: 'shop/api', port: 8080 }).allowed).toBe(true);
    expect(advice(net, 'shop/web', 'shop/api')).toEqual(['RequestAuthentication shop/tokens has tokens of https://login.example checked, and refuses one that is no good; who brings none passes it']);
    expect(advice(net, 'shop/web', 'store/stock')).toEqual([]);
  });

  test('by selector, and everywhere from the root namespace', () => {
    expect(advice(read(tokens({ ...RULES, selector: { matchLabels: { app: 'web' } } })), 'shop/web', 'shop/api')).toEqual([]);
    expect(advice(read(tokens(RULES, 'istio-system')), 'shop/web', 'store/stock')).toHaveLength(1);
  });

  test('what the API server would refuse is refused', () => {
    expect(() => read(tokens({ jwtRules: [{}] }))).toThrow(/jwtRules\[0\].*issuer: is missing/);
    expect(() => read(tokens({ jwtRules: [{ issuer: 'a', jwks: '{}', jwksUri: 'https://a' }] }))).toThrow(/jwks: stands beside jwksUri/);
  });
});

describe('9. the mesh is read: Gateway and VirtualService, from outside to a destination', () => {
  const ENTRANCE = [
    namespace('entrance'), pod('entrance', 'public'), service('entrance', 'public', 443),
    istio('networking', 'Gateway', 'entrance', 'public', { selector: { app: 'public' }, servers: [{ port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts: ['./shop.example'] }] }),
    istio('networking', 'VirtualService', 'shop', 'shop', { hosts: ['shop.example'], gateways: ['entrance/public'], http: [{ route: [{ destination: { host: 'api', port: { number: 8080 } } }] }] }),
  ];

  test('what it listens for is told, and whereto it leads', () => {
    expect(advice(read(...ENTRANCE), '203.0.113.7', 'entrance/public')).toEqual([
      "Gateway entrance/public listens on its Service's HTTPS 443 for shop.example",
      'VirtualService shop/shop leads on from there, for shop.example, to api.shop.svc.cluster.local:8080',
    ]);
    expect(advice(read(...ENTRANCE), 'shop/web', 'entrance/public')).toEqual([]);
    expect(advice(read(...ENTRANCE.slice(0, 4)), '203.0.113.7', 'entrance/public')).toHaveLength(1);
  });

  test('a route of another gateway is not told', () => {
    const other = istio('networking', 'VirtualService', 'shop', 'shop', { hosts: ['shop.example'], gateways: ['public'], http: [{ route: [{ destination: { host: 'api' } }] }] });
    expect(advice(read(...ENTRANCE.slice(0, 4), other), '203.0.113.7', 'entrance/public')).toHaveLength(1);
  });

  test('the story tells it beside the verdict', () => {
    const reach = read(...ENTRANCE)._reachability;
    const [src, dst] = ['203.0.113.7', 'entrance/public'].map(text => endsOf(reach, text)[0]);
    expect(tell(reach, src, dst).advice.map(({ layer }) => layer)).toEqual(['gateway', 'gateway']);
  });

  test('what the API server would refuse is refused', () => {
    expect(() => read(istio('networking', 'Gateway', 'shop', 'g', { selector: {}, servers: [{ port: { number: 0 } }] }))).toThrow(/servers\[0\].*'0' is no port/);
    expect(() => read(istio('networking', 'VirtualService', 'shop', 'v', { hosts: ['a'], http: [{ route: [{ destination: {} }] }] }))).toThrow(/a destination has no host/);
    expect(() => read(istio('networking', 'ServiceEntry', 'shop', 's', { hosts: [] }))).toThrow(/spec.hosts: is empty/);
    expect(() => read(istio('networking', 'ServiceEntry', 'shop', 's', { hosts: ['a'], resolution: 'MAGIC' }))).toThrow(/'MAGIC' is unknown/);
    expect(() => read(istio('networking', 'ServiceEntry', 'shop', 's', { hosts: ['a'], ports: [{ number: 70000 }] }))).toThrow(/'70000' is no port/);
  });
});

describe('9. requests are carried as conditions, into the rows and the difference', () => {
  const allow = (...rules: object[]) => istio('security', 'AuthorizationPolicy', 'shop', 'api', { selector: { matchLabels: { app: 'api' } }, action: 'ALLOW', rules });
  const from = [{ source: { principals: ['cluster.local/ns/shop/sa/web'] } }];
  const get = (path: string) => ({ from, to: [{ operation: { ports: ['8080'], methods: ['GET'], paths: [path] } }] });
  const where = (net: Connectivity) => net.rows().find(({ src, dst }) => src === 'shop/web[Pod]' && dst === 'shop/api[Pod]')?.where;
  const told = ({ where: conditions }: ConnectivityChange) =>
    ({ before: conditions?.before.map(textOfCondition), after: conditions?.after.map(textOfCondition) });
  const changes = (before: any[], after: any[]) => diff(read(...before)._reachability, read(...after)._reachability);

  test('a row says what a request has to be', () => {
    expect(where(read(allow(get('/a'))))).toEqual(['TCP 8080 where method GET, path /a']);
    expect(where(read(allow(get('/b'), get('/a'))))).toEqual(['TCP 8080 where method GET, path /a', 'TCP 8080 where method GET, path /b']);
  });

  test('and nothing where another rule lets in all of it', () => {
    expect(where(read(allow(get('/a'), { from })))).toBeUndefined();
    expect(where(read(allow(get('/a'), { from, to: [{ operation: { ports: ['9090'] } }] })))).toEqual(['TCP 8080 where method GET, path /a']);
    expect(where(read())).toBeUndefined();
  });

  test('what is asked of those outside is said of their rows', () => {
    const rule = { from: [{ source: { ipBlocks: ['203.0.113.0/24'] } }], to: [{ operation: { ports: ['8080'], paths: ['/x'] } }] };
    const rows = read(allow(rule)).rows().filter(({ src, dst }) => src.endsWith('[External]') && dst === 'shop/api[Pod]');
    expect(rows.filter(row => row.where).map(({ src, where: conditions }) => [src, conditions])).toEqual([['203.0.113.0-203.0.113.255[External]', ['TCP 8080 where path /x']]]);
  });

  test('a change of it alone is a change, which opens, closes, or does both', () => {
    const [one, two, both] = [[allow(get('/a'))], [allow(get('/b'))], [allow(get('/a'), get('/b'))]];
    const [more] = changes(one, both);
    expect(told(more)).toEqual({ before: ['TCP 8080 where method GET, path /a'], after: ['TCP 8080 where method GET, path /a', 'TCP 8080 where method GET, path /b'] });
    expect([more.change, more.src, more.dst, more.before.equals(more.after)]).toEqual(['changed', 'shop/web[Pod]', 'shop/api[Pod]', true]);
    const judged = (before: any[], after: any[]) => changes(before, after).map(change => [opens(change), closes(change)]);
    expect(judged(one, both)).toEqual([[true, false]]);
    expect(judged(both, one)).toEqual([[false, true]]);
    expect(judged(one, two)).toEqual([[true, true]]);
    expect(judged(one, one)).toEqual([]);
  });

  test('no condition any more opens, a first one closes', () => {
    const judged = (before: any[], after: any[]) => changes(before, after).map(change => [opens(change), closes(change)]);
    const whole = [allow({ from, to: [{ operation: { ports: ['8080'] } }] })];
    expect(judged([allow(get('/a'))], whole)).toEqual([[true, false]]);
    expect(judged(whole, [allow(get('/a'))])).toEqual([[false, true]]);
  });

  test('a flow that is taken away closes only, and one that comes opens only, whatever its requests', () => {
    const judged = (before: any[], after: any[]) => changes(before, after).map(change => [change.change, opens(change), closes(change)]);
    const [nobody, some] = [[allow({ from, to: [{ operation: { ports: ['9090'] } }] })], [allow({ from, to: [{ operation: { ports: ['9090'] } }] }, get('/a'))]];
    expect(judged(some, nobody)).toEqual([['changed', false, true]]);
    expect(judged(nobody, some)).toEqual([['changed', true, false]]);
    const closed = [allow({ from: [{ source: { principals: ['cluster.local/ns/store/sa/stock'] } }] })];
    const web = (before: any[], after: any[]) => changes(before, after).filter(({ src }) => src === 'shop/web[Pod]').map(change => [opens(change), closes(change)]);
    expect(web([allow(get('/a'))], closed)).toEqual([[false, true]]);
    expect(web(closed, [allow(get('/a'))])).toEqual([[true, false]]);
  });

  test('a port less under the same condition closes only', () => {
    const on = (...ports: string[]) => [allow({ from, to: [{ operation: { ports, methods: ['GET'] } }] })];
    const judged = (before: any[], after: any[]) => changes(before, after).map(change => [opens(change), closes(change)]);
    expect(judged(on('8080', '9090'), on('8080'))).toEqual([[false, true]]);
    expect(judged(on('8080'), on('8080', '9090'))).toEqual([[true, false]]);
  });

  test('what is open to a part of the addresses only keeps its condition for the others', () => {
    const at = (block: string, operation: object) => ({ from: [{ source: { ipBlocks: [block] } }], to: [{ operation: { ports: ['8080'], ...operation } }] });
    const rows = read(allow(at('203.0.113.0/24', { paths: ['/x'] }), at('203.0.113.0/25', {}))).rows().filter(({ src, dst }) => src.startsWith('203.0.113.') && dst === 'shop/api[Pod]');
    expect(rows.some(({ where: conditions }) => conditions?.includes('TCP 8080 where path /x'))).toBe(true);
  });

  test('of those outside too', () => {
    const rule = (path: string) => ({ from: [{ source: { ipBlocks: ['203.0.113.0/24'] } }], to: [{ operation: { ports: ['8080'], paths: [path] } }] });
    expect(changes([allow(rule('/x'))], [allow(rule('/y'))]).map(change => [change.src, told(change)])).toEqual([
      ['203.0.113.0-203.0.113.255[External]', { before: ['TCP 8080 where path /x'], after: ['TCP 8080 where path /y'] }],
    ]);
  });
});
