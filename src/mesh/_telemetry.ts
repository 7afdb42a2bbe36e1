/**
 * What proxies tell, and what the installer of the mesh has to know so that they can.
 *
 * Laws: a Telemetry names no provider that the values do not define; the values say nothing weaker than what Istio does by itself.
 */
import { Tracing } from './tracing';
import { TelemetrySpec } from '../api/istio-networking';
import { Platform } from '../intent/platform';

/** Istio's own provider of access logs, which writes a line for each connection to what the proxy prints. */
const LOGS = 'envoy';

/** What proxies are asked to tell; undefined where nothing is asked. */
export function renderTelemetry(tracing: Tracing | undefined, accessLogs: boolean): TelemetrySpec | undefined {
  if (!tracing && !accessLogs) return undefined;
  return {
    ...(tracing ? { tracing: [{ providers: [{ name: tracing._protocol.name }], randomSamplingPercentage: tracing._sampling }] } : {}),
    ...(accessLogs ? { accessLogging: [{ providers: [{ name: LOGS }] }] } : {}),
  };
}

/** What the installer of the mesh is told. */
export interface InstallerFacts {
  readonly trustDomain: string;
  readonly clusterDomain: string;
  readonly rootNamespace: string;
  readonly revision?: string;
  readonly istioCni: boolean;
  readonly tracing?: Tracing;
  readonly accessLogs: boolean;
  readonly platform: Platform;
  /** Istiod watches these namespaces only; empty for all. */
  readonly watched: readonly string[];
}

/** From this version of Kubernetes on a proxy can be a sidecar container. */
export const NATIVE_SIDECARS = 29;

/** Values of the Helm chart `istiod`. */
export function istiodValues(facts: InstallerFacts): object {
  const { trustDomain, clusterDomain, rootNamespace, revision, istioCni, tracing, accessLogs, platform, watched } = facts;
  const providers = [
    ...(accessLogs ? [{ name: LOGS, envoyFileAccessLog: { path: '/dev/stdout' } }] : []),
    ...(tracing ? [providerOf(tracing, clusterDomain)] : []),
  ];
  return {
    ...(revision === undefined ? {} : { revision }),
    global: { istioNamespace: rootNamespace, proxy: { clusterDomain } },
    pilot: {
      ...(istioCni ? { cni: { enabled: true } } : {}),
      ...(platform._minor >= NATIVE_SIDECARS ? { env: { ENABLE_NATIVE_SIDECARS: 'true' } } : {}),
    },
    meshConfig: {
      trustDomain,
      rootNamespace,
      meshMTLS: { minProtocolVersion: 'TLSV1_3' },
      pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' },
      ...(providers.length ? { extensionProviders: providers } : {}),
      ...(watched.length ? { discoverySelectors: [{ matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: watched }] }] } : {}),
    },
  };
}

function providerOf({ _protocol: { name, provider, more }, _collector: { namespace, service }, _port: port }: Tracing, clusterDomain: string): object {
  return { name, [provider]: { service: `${service}.${namespace}.svc.${clusterDomain}`, port, ...more } };
}
