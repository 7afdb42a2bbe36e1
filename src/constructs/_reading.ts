import { App } from 'cdk8s';
import { AppManifest } from './_one-pass';
import { factsOf, peersOf } from '../analysis/facts';
import { ClusterModel } from '../analysis/model';

const readings = new WeakMap<readonly AppManifest[], ClusterModel>();

/**
 * What the manifests of the App declare, with the peers that its edge knows of and no manifest shows. Read once for the same manifests:
 * the intent check and what is written beside the output look at one reading.
 */
export function readingOf(app: App, manifests: readonly AppManifest[]): ClusterModel {
  const known = readings.get(manifests);
  if (known) return known;
  const origins = new Map(manifests.map(({ json, object }) => [json, object?.node.path]));
  const reading = ClusterModel.of([...origins.keys()], { facts: factsOf(app), assumed: peersOf(app), origin: json => origins.get(json) });
  readings.set(manifests, reading);
  return reading;
}
