/** What is not applied stands beside the output folder, and is written together with the manifests or not at all. */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { ApiObject, App, Chart } from 'cdk8s';
import { addAppFiles } from '../../src/constructs/_one-pass';
import { ClusterApp } from '../../src/constructs/cluster-app';
import { FILE_LIST } from '../../src/emit/output-folder';

const roots: string[] = [];
afterAll(() => roots.forEach(root => fs.rmSync(root, { recursive: true })));

function appWith(files: Record<string, string>, outdir = newOutdir()): ClusterApp {
  const app = new ClusterApp({ outdir });
  const chart = new Chart(app, 'shop');
  new ApiObject(chart, 'map', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'map' } });
  addAppFiles(chart, () => new Map(Object.entries(files)));
  return app;
}

function newOutdir(): string {
  roots.push(fs.mkdtempSync(path.join(os.tmpdir(), 'files-')));
  return path.join(roots[roots.length - 1], 'dist');
}

const read = (file: string) => fs.readFileSync(file, 'utf8');

describe('4. files that are not applied', () => {
  test('stand in the folder beside the output folder, never in it', () => {
    const app = appWith({ 'a/b.yaml': 'kind: Policy\n' });
    app.synth();
    expect(app.filesOutdir).toBe(`${app.outdir}-files`);
    expect(read(path.join(app.filesOutdir, 'a/b.yaml'))).toBe('kind: Policy\n');
    expect(fs.readdirSync(app.outdir).sort()).toEqual([FILE_LIST, 'shop.k8s.yaml']);
    expect(app.summary()).toMatch(/1 file that is not applied written to .*dist-files\n {2}a\/b\.yaml/);
  });

  test('no folder is made where there is nothing to hold', () => {
    const app = appWith({});
    app.synth();
    expect(fs.existsSync(app.outdir)).toBe(true);
    expect(fs.existsSync(app.filesOutdir)).toBe(false);
    expect(app.summary()).not.toContain('not applied');
  });

  test('those of an earlier synth go, those of others stay', () => {
    const first = appWith({ 'old.yaml': '1', 'kept.yaml': '1' });
    first.synth();
    fs.writeFileSync(path.join(first.filesOutdir, 'mine.txt'), 'mine');
    appWith({ 'kept.yaml': '2' }, first.outdir).synth();
    expect(fs.readdirSync(first.filesOutdir).sort()).toEqual([FILE_LIST, 'kept.yaml', 'mine.txt']);
    appWith({}, first.outdir).synth();
    expect(fs.readdirSync(first.filesOutdir).sort()).toEqual([FILE_LIST, 'mine.txt']);
  });

  test('one that cannot be written leaves manifests and files as they were', () => {
    const first = appWith({ 'a.yaml': '1' });
    first.synth();
    const before = read(path.join(first.outdir, 'shop.k8s.yaml'));
    fs.mkdirSync(path.join(first.filesOutdir, 'b.yaml'));
    const second = appWith({ 'a.yaml': '2', 'b.yaml': '2' }, first.outdir);
    new ApiObject(second.node.findChild('shop') as Chart, 'more', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'more' } });
    expect(() => second.synth()).toThrow('is a folder where a file has to be written');
    expect(read(path.join(first.outdir, 'shop.k8s.yaml'))).toBe(before);
    expect(read(path.join(first.filesOutdir, 'a.yaml'))).toBe('1');
    fs.rmdirSync(path.join(first.filesOutdir, 'b.yaml'));
    second.synth();
    expect(read(path.join(first.outdir, 'shop.k8s.yaml'))).toContain('name: more');
    expect(read(path.join(first.filesOutdir, 'a.yaml'))).toBe('2');
  });

  test('two constructs that would write one file are refused', () => {
    const app = appWith({ 'a.yaml': '1' });
    addAppFiles(new Chart(app, 'other'), () => new Map([['a.yaml', '2']]));
    expect(() => app.synth()).toThrow("'shop' and 'other' would both write the file 'a.yaml': give them names that differ");
    expect(fs.existsSync(app.outdir)).toBe(false);
  });

  test('a plain App writes none', () => {
    const app = new App({ outdir: newOutdir() });
    const chart = new Chart(app, 'shop');
    addAppFiles(chart, () => new Map([['a.yaml', '1']]));
    app.synth();
    expect(fs.existsSync(`${app.outdir}-files`)).toBe(false);
  });
});
