/**
 * Matchers for jest: `import 'cdk8s-secure-network/lib/jest'`, and then
 *
 *   const net = Connectivity.ofApp(app);
 *   expect(net).toAllow(frontend, api, Port.tcp(8080));
 *   expect(net).toDeny(frontend, orders);
 *   expect(net).toOnlyAllow(api, cart, Port.tcp(6379));
 *   expect(net).toHaveNoFindings();
 *
 * Peers are constructs, `Peer...`, or text as the rows show it: `'shop/api'`, `'203.0.113.0/24'`.
 */
import type { Connectivity } from './analysis/connectivity';
import { Level } from './analysis/findings/finding';
import { findingsOf, openFindings } from './analysis/findings/findings';
import { PLAIN } from './analysis/findings/report/_context';
import { txt } from './analysis/findings/report/txt';
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
  /** Nothing looks secure and is not: docs/findings.md. What an object accepts by its annotation does not count. */
  toHaveNoFindings(options?: FindingsOptions): R;
}

/** Which findings count. */
export interface FindingsOptions {
  /** The mildest level that counts. @default 'note' - every finding does */
  readonly level?: Level;
  /** Codes that do not count. @default - all do */
  readonly except?: readonly string[];
}

function matcher(claim: Claim) {
  return (received: unknown, from: TestedPeer, to: TestedPeer, ...ports: Port[]) => {
    const { holds, explanation } = test(checkConnectivity(received), claim, from, to, ports);
    return { pass: holds, message: () => explanation };
  };
}

function toHaveNoFindings(received: unknown, { level = 'note', except = [] }: FindingsOptions = {}) {
  const counted = findingsOf(checkConnectivity(received)._reachability).filter(({ code }) => !except.includes(code));
  const found = openFindings(counted, level);
  const listed = () => `expected no findings, but there are\n\n${txt(found, { paint: PLAIN, lineOf: () => undefined })}`;
  return { pass: found.length === 0, message: () => found.length === 0 ? 'expected findings, but there are none' : listed() };
}

function checkConnectivity(received: unknown): Connectivity {
  if (isConnectivity(received)) return received;
  throw new Error('this matcher is for a Connectivity: use expect(Connectivity.ofApp(app)) or expect(Connectivity.ofManifests([folder]))');
}

/** Not `instanceof`: jest may load the library once for the test and once for its set-up. */
function isConnectivity(received: unknown): received is Connectivity {
  return typeof received === 'object' && received !== null && '_reachability' in received;
}

const matchers = { toAllow: matcher('allow'), toDeny: matcher('deny'), toOnlyAllow: matcher('only allow'), toHaveNoFindings };

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
