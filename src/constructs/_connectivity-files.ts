import { App } from 'cdk8s';
import { AppManifest } from './_one-pass';
import { readingOf } from './_reading';
import { factsOf } from '../analysis/facts';
import { Reachability } from '../analysis/reachability';
import { REPORTS } from '../analysis/report';

/**
 * Who reaches whom, written beside the manifests at every synth of an App that has a `ClusterEdge`: as text for a review, as JSON for
 * programs, as a page for people.
 *
 * Laws: read from the manifests as they are written, so it is true of them; a cluster too large for a format gets a line that says so in
 * its place, and costs no more for it.
 */
export function connectivityFiles(app: App, manifests: readonly AppManifest[]): Map<string, string> {
  if (factsOf(app) === undefined) return new Map();
  const reach = Reachability.of(readingOf(app, manifests));
  return new Map([
    ['connectivity.txt', whole(reach, 'txt', `more than ${LONGEST / 2 ** 20} MB: use secure-network list ${app.outdir}\n`)],
    ['connectivity.json', whole(reach, 'json', '{ "tooLarge": true }\n')],
    ['connectivity.html', reach.endpoints.length > DRAWN ? SMALL_PAGE(reach.endpoints.length) : [...REPORTS.get('html')!.write(reach)].join('')],
  ]);
}

const LONGEST = 32 * 2 ** 20;
const DRAWN = 400;

function whole(reach: Reachability, format: string, instead: string): string {
  const pieces: string[] = [];
  let length = 0;
  for (const piece of REPORTS.get(format)!.write(reach)) {
    pieces.push(piece);
    length += piece.length;
    if (length > LONGEST) return instead;
  }
  return pieces.join('');
}

const SMALL_PAGE = (workloads: number) => `<!doctype html><meta charset="utf-8"><title>Who reaches whom</title>
<p>${workloads} workloads are more than a picture can show at every synth (up to ${DRAWN}). Draw a part of them:
<code>secure-network list dist/some-namespace.k8s.yaml -o html &gt; connectivity.html</code></p>
`;
