/** The hardening report of an edge: read from the whole app as it is written, and from all the files beside it. */
import { App } from 'cdk8s';
import { Construct } from 'constructs';
import { AppManifest, addAppReport, appFiles, manifestsOf } from './_one-pass';
import { hardeningFiles, hardeningRows } from '../proof/hardening/report';
import { HardeningRow } from '../proof/hardening/row';

/** Has the report written beside the output folder at every synth. */
export function addHardeningReport(edge: Construct): void {
  addAppReport(edge, (manifests, files) => hardeningFiles(rowsOf(manifests, files)));
}

/** The report of the app as it is now. */
export function hardeningOf(edge: Construct): HardeningRow[] {
  const manifests = manifestsOf(edge);
  return rowsOf(manifests, appFiles(App.of(edge), manifests));
}

function rowsOf(manifests: readonly AppManifest[], files: ReadonlyMap<string, string>): HardeningRow[] {
  return hardeningRows(manifests.map(({ json }) => json), files);
}
