/** Who reaches whom stands beside the manifests after every synth. */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { Connectivity } from '../../src/analysis/connectivity';
import { ClusterApp } from '../../src/constructs/cluster-app';
import { ClusterEdge } from '../../src/constructs/cluster-edge';
import { SecureNamespace } from '../../src/constructs/secure-namespace';
import { Platform } from '../../src/intent/platform';
import { Port } from '../../src/intent/port';
import { NetworkProvider } from '../../src/providers/network-provider';

const roots: string[] = [];
afterAll(() => roots.forEach(root => fs.rmSync(root, { recursive: true })));

function newOutdir(): string {
  roots.push(fs.mkdtempSync(path.join(os.tmpdir(), 'connectivity-')));
  return path.join(roots[roots.length - 1], 'dist');
}

function shop(outdir: string, workloads = 2): ClusterApp {
  const app = new ClusterApp({ outdir });
  const edge = new ClusterEdge(app, 'edge', { platform: Platform.kubernetes({ version: '1.31' }), network: NetworkProvider.upstream() });
  const namespace = new SecureNamespace(app, 'shop', { edge, tenant: 'acme' });
  const made = Array.from({ length: workloads }, (_, i) => namespace.select(`pod-${i}`, { labels: { app: `pod-${i}` }, serviceAccountName: `pod-${i}`, ports: [Port.tcp(80)] }));
  made[0].connections.allowTo(made[1]);
  return app;
}

const read = (app: ClusterApp, name: string) => fs.readFileSync(path.join(app.filesOutdir, name), 'utf8');

describe('4. in the synth', () => {
  test('text, JSON and a page say what the manifests allow, and none of them lies where it would be applied', () => {
    const app = shop(newOutdir());
    app.synth();
    expect(read(app, 'connectivity.txt')).toBe(Connectivity.ofApp(app).toText());
    expect(JSON.parse(read(app, 'connectivity.json'))).toEqual(Connectivity.ofApp(app).rows());
    expect(read(app, 'connectivity.json')).toContain('"dst":"shop/pod-1[Pod]","conn":"TCP 80"');
    expect(read(app, 'connectivity.html')).toContain('<svg');
    expect(fs.readdirSync(app.outdir).filter(name => name.startsWith('connectivity'))).toEqual([]);
  });

  test('a synth that fails leaves what the last one said', () => {
    const outdir = newOutdir();
    const app = shop(outdir);
    app.synth();
    const before = read(app, 'connectivity.txt');
    const broken = shop(outdir, 3);
    broken.node.addValidation({ validate: () => ['no'] });
    expect(() => broken.synth()).toThrow('no');
    expect(read(app, 'connectivity.txt')).toBe(before);
  });

  test('more workloads than can be drawn get a page that says so', () => {
    const app = shop(newOutdir(), 410);
    app.synth();
    expect(read(app, 'connectivity.html')).toMatch(/4\d\d workloads are more than a picture can show/);
    expect(read(app, 'connectivity.html')).not.toContain('<svg');
  });
});
