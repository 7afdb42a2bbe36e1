/**
 * Which file each object is written to, for the four output types of cdk8s, and what the files hold.
 *
 * Laws: names and bytes are those of stock cdk8s; but where it would silently write one file over another, that is refused.
 */
import { App, Names, YamlOutputType } from 'cdk8s';
import { AppManifest, Synthesis, refuse } from './_one-pass';
import { named, pathOf } from './_synth-unique';
import { writeYaml } from '../emit/yaml-writer';

/** A file to write: its path under the output folder, with `/` between folders, and what it holds. */
export interface Page {
  readonly path: string;
  readonly manifests: readonly AppManifest[];
}

/** Every file with the objects it holds. Throws where two would share one. */
export function pagesOf(app: App, synthesis: Synthesis): Page[] {
  const pages = LAYOUTS[app.yamlOutputType](synthesis, app.outputFileExtension);
  refuse(collisions(pages));
  return pages;
}

/** The text of every file, by its path under the output folder. */
export function renderFiles(pages: readonly Page[]): Map<string, string> {
  return new Map(pages.map(({ path, manifests }) => [path, writeYaml(manifests.map(({ json }) => json))]));
}

type Layout = (synthesis: Synthesis, extension: string) => Page[];

const LAYOUTS: Record<YamlOutputType, Layout> = {
  [YamlOutputType.FILE_PER_APP]: ({ layout, manifests }, extension) => (layout.charts.length > 0 ? [{ path: `app${extension}`, manifests }] : []),

  [YamlOutputType.FILE_PER_CHART]: (synthesis, extension) =>
    byChart(synthesis).map(({ path, manifests }) => ({ path: path + extension, manifests })),

  [YamlOutputType.FILE_PER_RESOURCE]: ({ manifests }, extension) =>
    manifests.map(manifest => ({ path: fileName(manifest.json.kind, manifest.json.metadata.name) + extension, manifests: [manifest] })),

  [YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE]: (synthesis, extension) =>
    byChart(synthesis).flatMap(({ path, manifests }) => manifests.map(manifest =>
      ({ path: `${path}/${fileName(manifest.object!.kind, manifest.object!.metadata.name)}${extension}`, manifests: [manifest] }))),
};

/** What each chart holds. A chart that waits for another, or is waited for, is named with its place in the order. */
function byChart({ layout, manifests }: Synthesis): Page[] {
  const held = new Map(layout.charts.map(({ chart }) => [chart, [] as AppManifest[]]));
  for (const manifest of manifests) held.get(manifest.chart)!.push(manifest);
  return layout.charts.map(({ chart }, index) => ({
    path: (layout.ordered ? `${String(index).padStart(4, '0')}-` : '') + Names.toDnsLabel(chart),
    manifests: held.get(chart)!,
  }));
}

function fileName(kind: string, name: string | undefined): string {
  return `${kind}.${name}`.replace(/[^0-9a-zA-Z_.-]/g, '');
}

function collisions(pages: readonly Page[]): string[] {
  const taken = new Map<string, Page>();
  return pages.flatMap(page => {
    const first = taken.get(page.path);
    if (!first) {
      taken.set(page.path, page);
      return [];
    }
    const [one, other] = [first, page].map(({ manifests }) => manifests[0]);
    if (!one || !other) return [`two charts would be written to the file '${page.path}': give them ids that differ`];
    return [`[${pathOf(other)}] ${named(other)} would overwrite ${named(one)} (${pathOf(one)}) in the file '${page.path}': `
      + 'write a file per chart (YamlOutputType.FILE_PER_CHART), or give them names that differ'];
  });
}
