import { ApiObject, App } from 'cdk8s';
import { ClusterFacts, factsOf, PeerSource, peersOf } from './facts';
import { readPaths } from './input/paths';
import { flatten } from './lists';
import { ClusterModel } from './model';
import { Reachability } from './reachability';
import { ConnectivityRow, lineOf, rowsOf } from './rows';
import { LayerName, LAYERS, textOfRef } from './rules';
import { ConnectivityQuery, decide, Verdict } from './verdict';
import { warningsOf } from './warnings';

/** How a cluster is read. */
export interface ConnectivityOptions {
  /**
   * What manifests do not tell about the cluster.
   * @default - of an App: what its ClusterEdge states; of manifests: nothing is known
   */
  readonly facts?: ClusterFacts;
  /**
   * Leaves out objects that the API server would refuse, and says so in the warnings.
   * @default false - such an object is an error
   */
  readonly keepGoing?: boolean;
}

/**
 * Who reaches whom in a cluster, as its manifests say it: through all layers, at both ends.
 *
 * It reads manifests only, whoever wrote them, so it is a second opinion on everything that was meant.
 *
 * @example
 * const net = Connectivity.ofManifests(['dist']);
 * net.verdict({ src: 'shop/frontend', dst: 'shop/api', port: 8080 }).allowed;
 */
export class Connectivity {
  /** Reads what an App would write. Nothing is written. */
  public static ofApp(app: App, options: ConnectivityOptions = {}): Connectivity {
    const origins = new Map<any, string>();
    for (const construct of app.node.findAll()) {
      if (ApiObject.isApiObject(construct)) origins.set(construct.toJson(), construct.node.path);
    }
    return Connectivity.read([...origins.keys()], { facts: factsOf(app), ...options }, peersOf(app), object => origins.get(object));
  }

  /** Reads files and folders (with all that is below them) of YAML and JSON. */
  public static ofManifests(paths: string[], options: ConnectivityOptions = {}): Connectivity {
    const { read, skipped } = readPaths(paths);
    const files = new Map<any, string>();
    for (const { file, object } of read) for (const each of flatten([object])) files.set(each, file);
    return Connectivity.read(read.map(({ object }) => object), options, NOBODY, object => files.get(object), skipped);
  }

  /** Reads objects as they would stand in manifests. */
  public static ofObjects(objects: any[], options: ConnectivityOptions = {}): Connectivity {
    return Connectivity.read(objects, options, NOBODY);
  }

  private static read(objects: any[], options: ConnectivityOptions, assumed: PeerSource,
    origin?: (object: any) => string | undefined, skipped: readonly string[] = []): Connectivity {
    const model = ClusterModel.of(objects, { facts: options.facts, assumed, origin });
    if (model.problems.length > 0 && !options.keepGoing) {
      throw new Error(model.problems.map(({ ref, message }) => `${ref.origin ? `${ref.origin}: ` : ''}${textOfRef(ref)}: ${message}`).join('\n'));
    }
    return new Connectivity(Reachability.of(model), skipped);
  }

  private constructor(private readonly reach: Reachability, private readonly skipped: readonly string[]) {}

  /** Every pair that may connect, sorted. */
  public rows(): ConnectivityRow[] {
    return [...rowsOf(this.reach)];
  }

  /** The rows as lines `SRC => DST : CONN`. */
  public toText(): string {
    let text = '';
    for (const row of rowsOf(this.reach)) text += lineOf(row);
    return text;
  }

  /** The rows as a JSON array. */
  public toJson(): string {
    return JSON.stringify(this.rows(), undefined, 2);
  }

  /** Whether one peer may reach another, and who decided. */
  public verdict(query: ConnectivityQuery): Verdict {
    return decide(this.reach, query);
  }

  /** What the manifests leave open, and what was left out. */
  public warnings(): string[] {
    return [...warningsOf(this.reach), ...this.skipped.map(file => `${file}: what is not a Kubernetes object there is left out`)];
  }

  /** The same cluster, as far as the named layers decide: `network-policy`, `admin`, `baseline`. */
  public onlyLayers(...layers: string[]): Connectivity {
    const known = LAYERS.map(({ name }) => name);
    for (const layer of layers) {
      if (!known.includes(layer as LayerName)) throw new Error(`layer '${layer}' is unknown: use ${known.join(', ')}`);
    }
    return new Connectivity(Reachability.of(this.reach.model, { layers: layers as LayerName[] }), this.skipped);
  }

  /** @internal */
  public get _reachability(): Reachability {
    return this.reach;
  }
}

const NOBODY: PeerSource = () => [];
