/**
 * What istiod tells a proxy, made into the file that a plain Envoy starts with: the listeners are istiod's, with all their chains and filters.
 * Changed is only what an agent beside the proxy and the pod's network would bring: certificates come from files, the address is one of this
 * machine, and the clusters lead to where the test has its ends.
 */
import { join } from 'path';
import { ProxyConfiguration } from './istiod';

export interface Place {
  /** An address of the loopback. */
  readonly address: string;
  readonly port: number;
}

export interface Target extends Place {
  /** The identity that is shown there. @default - plaintext */
  readonly as?: string;
}

export interface BootstrapOptions {
  /** The folder with `ca.crt`, and `NAME.crt` and `NAME.key` for each name. */
  readonly certificates: string;
  /** The name under which the proxy itself is known. */
  readonly own: string;
  readonly admin: number;
  readonly listeners: readonly { readonly place: Place; readonly json: any }[];
  readonly targets: Readonly<Record<string, Target>>;
  readonly keys?: string;
}

export function bootstrap(told: ProxyConfiguration, options: BootstrapOptions): unknown {
  const { certificates, own, admin, listeners, targets } = options;
  const changed = (value: any): any => {
    if (Array.isArray(value)) return value.map(changed);
    if (value === null || typeof value !== 'object') return value;
    const { commonTlsContext: tls, rds, ...rest } = value;
    if (tls) return { ...changed(rest), commonTlsContext: fromFiles(tls, certificates, own) };
    if (rds) return { ...changed(rest), routeConfig: told.routes.find(({ name }) => name === rds.routeConfigName) };
    if (options.keys !== undefined && value.issuer) return { ...value, remoteJwks: undefined, localJwks: { inlineString: options.keys } };
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, changed(each)]));
  };
  return {
    admin: { address: socket({ address: '127.0.0.1', port: admin }) },
    node: { id: own, cluster: own },
    staticResources: {
      listeners: listeners.map(({ place, json }) => ({
        name: json.name,
        address: socket(place),
        listenerFilters: [{ name: 'tls', typedConfig: { '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector' } }],
        filterChains: changed(json.filterChains),
      })),
      clusters: Object.entries(targets).map(([name, target]) => cluster(name, target, certificates)),
    },
  };
}

function cluster(name: string, target: Target, certificates: string): unknown {
  return {
    name,
    type: 'STATIC',
    connectTimeout: '2s',
    loadAssignment: { clusterName: name, endpoints: [{ lbEndpoints: [{ endpoint: { address: socket(target) } }] }] },
    ...target.as === undefined ? {} : {
      transportSocket: {
        name: 'tls',
        typedConfig: {
          '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
          'commonTlsContext': { ...pair(certificates, target.as), alpnProtocols: ['istio-http/1.1'], validationContext: trusted(certificates) },
        },
      },
    },
  };
}

function fromFiles({ alpnProtocols, combinedValidationContext, tlsParams }: any, certificates: string, own: string): unknown {
  const demanded = combinedValidationContext?.defaultValidationContext;
  const validation = combinedValidationContext ? { validationContext: { ...demanded, ...trusted(certificates) } } : {};
  return { alpnProtocols, tlsParams, ...pair(certificates, own), ...validation };
}

const pair = (folder: string, name: string) =>
  ({ tlsCertificates: [{ certificateChain: { filename: join(folder, `${name}.crt`) }, privateKey: { filename: join(folder, `${name}.key`) } }] });
const trusted = (folder: string) => ({ trustedCa: { filename: join(folder, 'ca.crt') } });
const socket = ({ address, port }: Place) => ({ socketAddress: { address, portValue: port } });
