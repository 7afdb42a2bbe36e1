import * as fc from 'fast-check';
import {
  ANY_IDENTITY, everyIdentity, hasProxy, Identity, notIdentity, ofNamespaces, ofPrincipals, ofServiceAccounts,
} from '../../src/analysis/mesh-identity';
import { TRIES } from '../support/tries';

const FRONTEND: Identity = { namespace: 'shop', serviceAccount: 'frontend', gateway: false };
const API: Identity = { namespace: 'shop', serviceAccount: 'api', gateway: false };
const STRANGER: Identity = { namespace: 'shop2', serviceAccount: 'frontend', gateway: false };
const everybody = [FRONTEND, API, STRANGER, undefined];
const who = (match: { matches(identity: Identity | undefined): boolean }) => everybody.filter(identity => match.matches(identity));

describe('9. who a pod is to the mesh', () => {
  const proxied = (namespaceLabels: Record<string, string>, podLabels: Record<string, string> = {}, hostNetwork = false) =>
    hasProxy({ namespaceLabels, podLabels, hostNetwork });

  test('a namespace asks for proxies by either label, and its pods may have another mind', () => {
    expect(proxied({ 'istio-injection': 'enabled' })).toBe(true);
    expect(proxied({ 'istio.io/rev': 'stable' })).toBe(true);
    expect(proxied({})).toBe(false);
    expect(proxied({ 'istio-injection': 'enabled' }, { 'sidecar.istio.io/inject': 'false' })).toBe(false);
    expect(proxied({}, { 'sidecar.istio.io/inject': 'true' })).toBe(true);
    expect(proxied({ 'istio-injection': 'disabled' }, { 'sidecar.istio.io/inject': 'true' })).toBe(false);
    expect(proxied({ 'istio-injection': 'enabled' }, { 'sidecar.istio.io/inject': 'true' }, true)).toBe(false);
  });

  test('a principal is exact, a beginning, an end, or anybody with an identity', () => {
    expect(who(ofPrincipals(['cluster.local/ns/shop/sa/frontend']))).toEqual([FRONTEND]);
    expect(who(ofPrincipals(['prod.example/ns/shop/*']))).toEqual([FRONTEND, API]);
    expect(who(ofPrincipals(['*/sa/frontend']))).toEqual([FRONTEND, STRANGER]);
    expect(who(ofPrincipals(['*']))).toEqual([FRONTEND, API, STRANGER]);
  });

  test('of another trust domain than that of the mesh nobody is, where it is known; cluster.local is written for it too', () => {
    const known = (pattern: string) => who(ofPrincipals([pattern], 'prod.example'));
    expect(known('prod.example/ns/shop/sa/frontend')).toEqual([FRONTEND]);
    expect(known('cluster.local/ns/shop/sa/frontend')).toEqual([FRONTEND]);
    expect(known('old.example/ns/shop/sa/frontend')).toEqual([]);
    expect(known('prod.*')).toEqual([FRONTEND, API, STRANGER]);
    expect(known('old.*')).toEqual([]);
    expect(known('*/sa/frontend')).toEqual([FRONTEND, STRANGER]);
  });

  test('namespaces and service accounts end where their names end', () => {
    expect(who(ofNamespaces(['shop']))).toEqual([FRONTEND, API]);
    expect(who(ofNamespaces(['shop*']))).toEqual([FRONTEND, API, STRANGER]);
    expect(who(ofServiceAccounts(['frontend'], 'shop'))).toEqual([FRONTEND]);
    expect(who(ofServiceAccounts(['shop2/frontend'], 'shop'))).toEqual([STRANGER]);
  });

  test('whoever has no identity meets nothing that is asked of one, and everything that excludes one', () => {
    expect(who(ANY_IDENTITY)).toEqual([FRONTEND, API, STRANGER]);
    expect(who(notIdentity(ANY_IDENTITY))).toEqual([undefined]);
    expect(who(notIdentity(ofNamespaces(['shop'])))).toEqual([STRANGER, undefined]);
    expect(who(everyIdentity([ofNamespaces(['shop']), notIdentity(ofPrincipals(['*/sa/api']))]))).toEqual([FRONTEND]);
  });

  test('the same said in another order has the same key', () => {
    expect(ofNamespaces(['b', 'a', 'b']).key).toBe(ofNamespaces(['a', 'b']).key);
    expect(ofNamespaces(['a']).key).not.toBe(ofServiceAccounts(['a'], 'x').key);
  });

  test('the namespaces that a match names are those of everybody who meets it', () => {
    expect(ofPrincipals(['prod.example/ns/shop/sa/frontend', '*/ns/shop2/sa/frontend', 'prod.example/ns/shop/*']).namespaces).toEqual(['shop2', 'shop']);
    expect(ofPrincipals(['prod.example/ns/shop/sa/frontend', '*/sa/frontend']).namespaces).toBeUndefined();
    expect(ofPrincipals(['prod.example/ns/shop*']).namespaces).toBeUndefined();
    expect(notIdentity(ofNamespaces(['shop'])).namespaces).toBeUndefined();
    expect(ofPrincipals(['*ns/ns/sa/ns']).namespaces).toEqual(['ns']);
    expect(ofPrincipals(['corp.dns/ns/shop/sa/web', '*/sa/web']).witnesses).toEqual([{ namespace: 'nowhere', serviceAccount: 'web' }, { namespace: 'shop', serviceAccount: 'web' }]);
    const name = fc.constantFrom('a', 'ab', 'b', 'ns', 'sa');
    const full = fc.tuple(fc.constantFrom('prod', 'ns'), name, name).map(([domain, namespace, account]) => `${domain}/ns/${namespace}/sa/${account}`);
    const cut = fc.tuple(full, fc.nat(20));
    const pattern = fc.oneof(full, cut.map(([text, at]) => `${text.slice(0, at)}*`), cut.map(([text, at]) => `*${text.slice(at)}`));
    const some = (one: fc.Arbitrary<string>) => fc.array(one, { minLength: 1, maxLength: 3 });
    const wild = fc.tuple(name, fc.constantFrom('', '*')).map(parts => parts.join(''));
    const match = fc.oneof(
      fc.tuple(some(pattern), fc.constantFrom(undefined, 'prod')).map(([patterns, domain]) => ofPrincipals(patterns, domain)),
      some(wild).map(patterns => ofNamespaces(patterns)),
      some(fc.oneof(name, fc.tuple(name, name).map(parts => parts.join('/')))).map(names => ofServiceAccounts(names, 'a')),
    );
    const both = fc.array(match, { minLength: 1, maxLength: 2 }).map(everyIdentity);
    let met = 0;
    fc.assert(fc.property(both, name, name, ({ matches, namespaces }, namespace, serviceAccount) => {
      if (!namespaces || !matches({ namespace, serviceAccount, gateway: false })) return;
      met += 1;
      expect(namespaces).toContain(namespace);
    }), TRIES);
    expect(met).toBeGreaterThan(0);
  });
});
