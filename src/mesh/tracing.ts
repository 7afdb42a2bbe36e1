import { checkDnsLabel, checkLabels } from '../admission/names';

/** Who collects traces: pods, and the Service in front of them. */
export interface TraceCollectorProps {
  /** The namespace it is in. */
  readonly namespace: string;

  /** Its Service. */
  readonly service: string;

  /** The labels that select its pods, and no others, in that namespace. */
  readonly labels: Record<string, string>;

  /**
   * The port that it takes traces on, of the Service and of the pods.
   *
   * @default - the one of its protocol: 4317 for OTLP over gRPC, 9411 for Zipkin
   */
  readonly port?: number;

  /**
   * How many requests of a hundred are traced, from 0 to 100.
   *
   * @default 1
   */
  readonly sampling?: number;
}

/** How a trace is handed over. */
export interface TraceProtocol {
  readonly name: string;
  readonly provider: 'opentelemetry' | 'zipkin';
  readonly port: number;
  /** What stands beside the Service and its port. */
  readonly more: Readonly<Record<string, unknown>>;
}

/**
 * Where the proxies of a mesh send what they measure of single requests. The way there is opened for each of them; the installer of the mesh
 * is told of the collector by the file `mesh/istiod-values.yaml`.
 *
 *   MeshProvider.istioSidecar({
 *     tracing: Tracing.jaeger({ namespace: 'observability', service: 'jaeger-collector', labels: { app: 'jaeger' }, sampling: 5 }),
 *   });
 */
export class Tracing {
  /** Jaeger, or any other collector that takes OpenTelemetry over gRPC. */
  public static jaeger(props: TraceCollectorProps): Tracing {
    return new Tracing({ name: 'opentelemetry-traces', provider: 'opentelemetry', port: 4317, more: {} }, props);
  }

  /** Zipkin, or any other collector that takes its format. */
  public static zipkin(props: TraceCollectorProps): Tracing {
    return new Tracing({ name: 'zipkin-traces', provider: 'zipkin', port: 9411, more: { path: '/api/v2/spans' } }, props);
  }

  /** @internal */
  public readonly _protocol: TraceProtocol;
  /** @internal */
  public readonly _collector: TraceCollectorProps;
  /** @internal */
  public readonly _port: number;
  /** In percent. @internal */
  public readonly _sampling: number;

  private constructor(protocol: TraceProtocol, collector: TraceCollectorProps) {
    const { namespace, service, labels, port = protocol.port, sampling = 1 } = collector;
    checkDnsLabel('namespace of the trace collector', namespace);
    checkDnsLabel('service of the trace collector', service);
    if (Object.keys(labels).length === 0) throw new Error(`an empty set of labels would open the way to every pod of '${namespace}': give the labels of the collector's pods`);
    checkLabels('labels of the trace collector', labels);
    if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`port '${port}' of the trace collector is not a whole number from 1 to 65535: name the one it takes traces on`);
    if (!(sampling >= 0 && sampling <= 100)) throw new Error(`sampling '${sampling}' is not a share in percent: give a number from 0 to 100, such as 5 for one request in twenty`);
    this._protocol = protocol;
    this._collector = collector;
    this._port = port;
    this._sampling = sampling;
  }
}
