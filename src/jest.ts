/**
 * Matchers for jest: `import 'cdk8s-secure-network/lib/jest'`, and then
 *
 *   const net = Connectivity.ofApp(app);
 *   expect(net).toAllow(frontend, api, Port.tcp(8080));
 *   expect(net).toDeny(frontend, orders);
 *   expect(net).toOnlyAllow(api, cart, Port.tcp(6379));
 *
 * Peers are constructs, `Peer...`, or text as the rows show it: `'shop/api'`, `'203.0.113.0/24'`.
 */
import type { Connectivity } from './analysis/connectivity';
import { Port } from './intent/port';
import { Claim, TestedPeer, test } from './proof/expectation';

/** The matchers, each for `expect(Connectivity...)`. */
export interface ConnectivityMatchers<R> {
  /** Everything on these ports passes, for all pods and addresses of both peers. Without ports: something passes. */
  toAllow(from: TestedPeer, to: TestedPeer, ...ports: Port[]): R;
  /** Nothing on these ports passes, for no pod and no address of either peer. Without ports: nothing at all. */
  toDeny(from: TestedPeer, to: TestedPeer, ...ports: Port[]): R;
  /** Everything on these ports passes, and nothing else does. */
  toOnlyAllow(from: TestedPeer, to: TestedPeer, ...ports: Port[]): R;
}

function matcher(claim: Claim) {
  return (received: unknown, from: TestedPeer, to: TestedPeer, ...ports: Port[]) => {
    if (!isConnectivity(received)) {
      throw new Error('this matcher is for a Connectivity: use expect(Connectivity.ofApp(app)) or expect(Connectivity.ofManifests([folder]))');
    }
    const { holds, explanation } = test(received, claim, from, to, ports);
    return { pass: holds, message: () => explanation };
  };
}

/** Not `instanceof`: jest may load the library once for the test and once for its set-up. */
function isConnectivity(received: unknown): received is Connectivity {
  return typeof received === 'object' && received !== null && '_reachability' in received;
}

const matchers = { toAllow: matcher('allow'), toDeny: matcher('deny'), toOnlyAllow: matcher('only allow') };

// The global of jest where there is one; `injectGlobals: false` has it in the package only.
const jestExpect = (globalThis as { expect?: { extend(m: object): void } }).expect;
if (jestExpect) jestExpect.extend(matchers);
// eslint-disable-next-line @typescript-eslint/no-require-imports, import/no-extraneous-dependencies -- needed inside jest only, which brings it
else (require('@jest/globals') as { expect: { extend(m: object): void } }).expect.extend(matchers);

declare global {
  namespace jest {
    interface Matchers<R> extends ConnectivityMatchers<R> {}
  }
}

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>> extends ConnectivityMatchers<R> {}
}
