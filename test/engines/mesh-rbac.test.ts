import { chainsFor, letsIn, passes } from '../../engines/mesh/rbac';

const WEB = 'spiffe://cluster.local/ns/shop/sa/web';
const rbac = (rules?: any) => ({ name: 'rbac', typedConfig: { '@type': 'type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC', rules } });
const policy = (permissions: any[], principals: any[]) => ({ permissions, principals });
const isWeb = { authenticated: { principalName: { exact: WEB } } };
const onPort = (destinationPort: number) => ({ destinationPort });
const path = (text: string) => ({ urlPath: { path: { prefix: text } } });

describe('10. what istiod tells a proxy is read in words of Envoy', () => {
  test('a filter without rules lets everybody pass, and one without policies nobody', () => {
    expect(passes([rbac()], { port: 1 })).toBe(true);
    expect(passes([rbac({ policies: {} })], { port: 1 })).toBe(false);
  });

  test('a policy wants one of its permissions and one of its callers', () => {
    const filters = [rbac({ policies: { a: policy([onPort(80)], [isWeb]) } })];
    expect(passes(filters, { port: 80, identity: WEB })).toBe(true);
    expect(passes(filters, { port: 81, identity: WEB })).toBe(false);
    expect(passes(filters, { port: 80, identity: `${WEB}2` })).toBe(false);
    expect(passes(filters, { port: 80 })).toBe(false);
  });

  test('whoever has no certificate meets what excludes one', () => {
    const filters = [rbac({ policies: { a: policy([{ any: true }], [{ notId: isWeb }]) } })];
    expect([passes(filters, { port: 1 }), passes(filters, { port: 1, identity: WEB })]).toEqual([true, false]);
  });

  test('a denial goes before what allows', () => {
    const filters = [rbac({ action: 'DENY', policies: { a: policy([onPort(80)], [{ any: true }]) } }), rbac({ policies: { a: policy([{ any: true }], [{ any: true }]) } })];
    expect([passes(filters, { port: 80 }), passes(filters, { port: 81 })]).toEqual([false, true]);
  });

  test('what depends on the request is open until there is one', () => {
    const filters = [rbac({ policies: { a: policy([{ andRules: { rules: [onPort(80), path('/orders/')] } }], [isWeb]) } })];
    const asks = (text: string) => passes(filters, { port: 80, identity: WEB, request: { method: 'GET', host: 'x', path: text } });
    expect([passes(filters, { port: 80, identity: WEB }), asks('/orders/1'), asks('/admin')]).toEqual([undefined, true, false]);
    expect(passes(filters, { port: 81, identity: WEB })).toBe(false);
  });

  test('addresses are those of the connection', () => {
    const filters = [rbac({ policies: { a: policy([{ any: true }], [{ directRemoteIp: { addressPrefix: '10.0.0.0', prefixLen: 8 } }]) } })];
    expect([passes(filters, { port: 1, address: '10.1.2.3' }), passes(filters, { port: 1, address: '11.0.0.1' }), passes(filters, { port: 1 })]).toEqual([true, false, false]);
  });

  test('plaintext meets a chain only where one takes it, and a port with a chain of its own meets no other', () => {
    const chain = (name: string, filterChainMatch: any) => ({ name, filterChainMatch, filters: [] });
    const tls = { transportProtocol: 'tls' };
    const listeners = [{ name: 'virtualInbound', filterChains: [chain('virtualInbound-blackhole', {}), chain('rest', tls), chain('own', { ...tls, destinationPort: 80 })] }];
    const met = (port: number, identity?: string) => chainsFor(listeners, { port, identity }, false).map(({ name }) => name);
    expect([met(80, WEB), met(81, WEB), met(80), met(81)]).toEqual([['own'], ['rest'], [], []]);
    expect([letsIn(listeners, { port: 80, identity: WEB }, false), letsIn(listeners, { port: 80 }, false)]).toEqual([true, false]);
  });
});
