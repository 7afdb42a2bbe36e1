import * as path from 'path';
import { App, AppProps } from 'cdk8s';
import { connectivityFiles } from './_connectivity-files';
import { addAppCheck, appFiles, onePass } from './_one-pass';
import { WrittenFile, summarize } from './_summary';
import { pagesOf, renderFiles } from './_synth-files';
import { duplicates } from './_synth-unique';
import { Connectivity } from '../analysis/connectivity';
import { writeFolders } from '../emit/output-folder';
import { writeYaml } from '../emit/yaml-writer';

/** Properties of `ClusterApp`. */
export interface ClusterAppProps extends AppProps {}

/**
 * One App is one cluster: `new ClusterApp()` writes the same files as a plain `App`, and
 *
 * - looks at the whole tree once, however many charts it has, where a plain `App` looks again for every chart;
 * - validates everything and renders every file before the first byte is written, so that a failed synth leaves the old output as it was;
 * - refuses two objects of the same kind, namespace and name, and two objects that would share a file;
 * - writes who reaches whom into the folder beside the output folder (`connectivity.txt`, `.json`, `.html`), if the App has a `ClusterEdge`;
 * - removes the files of an earlier synth that are no longer written. It knows them by the list `.secure-network-files` that it keeps in the output folder.
 *
 * All constructs of this library work in a plain `App` too: there the checks of the whole app are repeated for every chart.
 */
export class ClusterApp extends App {
  private readonly metadataFile: boolean;
  private written?: readonly WrittenFile[];
  private beside: ReadonlyMap<string, string> = new Map();

  constructor(props: ClusterAppProps = {}) {
    super(props);
    this.metadataFile = props.recordConstructMetadata ?? process.env.CDK8S_RECORD_CONSTRUCT_METADATA === 'true';
    addAppCheck(this, duplicates);
  }

  /**
   * The folder beside the output folder (`dist-files` beside `dist`) for what must not be applied: files that the API server, kubeadm or
   * a node's firewall read.
   */
  public get filesOutdir(): string {
    return `${path.normalize(this.outdir).replace(/[\\/]+$/, '')}-files`;
  }

  /** Validates the app and writes its manifests to the output folder, and what is not applied to the folder beside it: all of it or nothing. */
  public synth(): void {
    writeFolders(onePass(this, synthesis => {
      const pages = pagesOf(this, synthesis);
      this.written = pages.map(({ path: file, manifests }) => ({ path: file, kinds: manifests.map(({ json }) => String(json.kind)) }));
      const files = renderFiles(pages);
      if (this.metadataFile) {
        const objects = synthesis.layout.charts.flatMap(chart => chart.objects);
        const resources = Object.fromEntries(objects.map(object => [object.name, { path: object.node.path }]));
        files.set('construct-metadata.json', JSON.stringify({ version: '1.0.0', resources }));
      }
      this.beside = new Map([...connectivityFiles(this, synthesis.manifests), ...appFiles(this, synthesis.manifests)]);
      return new Map([[this.outdir, files], [this.filesOutdir, this.beside]]);
    }));
  }

  /**
   * What the last `synth()` wrote (files, kinds, counts) and who reaches whom, as text for a terminal or a log.
   * Throws before the first synth.
   */
  public summary(): string {
    if (!this.written) throw new Error(`nothing has been written to '${this.outdir}' yet: call synth() first`);
    const written = { outdir: this.outdir, pages: this.written, filesOutdir: this.filesOutdir, files: [...this.beside.keys()].sort() };
    return summarize(written, Connectivity.ofApp(this).rows());
  }

  /** Validates the app and returns its manifests as one YAML text. */
  public synthYaml(): string {
    return onePass(this, ({ manifests }) => writeYaml(manifests.map(({ json }) => json)));
  }
}
