import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { createColors } from 'picocolors';
import { Io } from '../../src/cli/_io';
import { main } from '../../src/cli/_main';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'secure-network-')); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: readonly string[];
}

async function run(args: readonly string[], { stdin = '', screen = false } = {}): Promise<Ran> {
  let out = '';
  const err: string[] = [];
  const io: Io = {
    screen,
    paint: createColors(false),
    stdin: () => stdin,
    async out(pieces) { for (const piece of pieces) out += piece; },
    note: line => { err.push(line); },
    progress: () => undefined,
  };
  const code = await main(io, args);
  return { code, out, err };
}

function file(name: string, ...objects: any[]): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, objects.map(object => (typeof object === 'string' ? object : JSON.stringify(object))).join('\n---\n'));
  return path;
}

const pod = (name: string, namespace = 'shop') => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: { app: name } }, spec: { containers: [] } });
const policy = (name: string, app: string, ingress: any[], egress?: any[]) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: 'shop' },
  spec: { podSelector: { matchLabels: { app } }, policyTypes: ['Ingress', 'Egress'], ingress, egress: egress ?? [] },
});
const web = policy('web', 'web', [], [{ to: [{ podSelector: { matchLabels: { app: 'api' } } }] }]);
const api = (...ports: number[]) => policy('api', 'api', [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: ports.map(port => ({ port })) }]);
const shop = (...ports: number[]) => [pod('web'), pod('api'), web, api(...ports)];
const ROW = { src: 'shop/web[Pod]', dst: 'shop/api[Pod]', conn: 'TCP 8080' };

describe('2. list', () => {
  it('writes an array of rows, and [] when nothing is allowed', async () => {
    const some = await run(['list', file('shop.yaml', ...shop(8080)), '-o', 'json']);
    expect([some.code, JSON.parse(some.out), some.err]).toEqual([0, [ROW], []]);
    const none = await run(['list', file('closed.yaml', pod('web'), policy('web', 'web', [])), '-o', 'json']);
    expect([none.code, none.out]).toEqual([0, '[]\n']);
  });

  it('says the same in every format of text', async () => {
    const path = file('shop.yaml', ...shop(8080, 9090));
    const outs = await Promise.all(['txt', 'csv', 'md', 'dot'].map(async format => (await run(['list', path, '-o', format])).out));
    expect(outs[0]).toBe('shop/web[Pod] => shop/api[Pod] : TCP 8080,9090\n');
    expect(outs[1]).toBe('src,dst,conn\nshop/web[Pod],shop/api[Pod],"TCP 8080,9090"\n');
    expect(outs[2].split('\n')[2]).toBe('| shop/web\\[Pod\\] | shop/api\\[Pod\\] | TCP 8080,9090 |');
    expect(outs[3]).toContain('"shop/web[Pod]" -> "shop/api[Pod]" [label="TCP 8080,9090"];');
  });

  it('reads folders, files and standard input together, and a file that is reached twice once', async () => {
    const path = file('deep/pods.yaml', '# nothing but a comment', { apiVersion: 'v1', kind: 'List', items: [pod('web'), pod('api')] });
    const { code, out } = await run(['list', folder, path, '-', '-o', 'json'], { stdin: [web, api(8080)].map(object => JSON.stringify(object)).join('\n---\n') });
    expect([code, JSON.parse(out)]).toEqual([0, [ROW]]);
  });

  it('groups by source on a screen, and stays plain in a pipe', async () => {
    const path = file('shop.yaml', ...shop(8080));
    expect((await run(['list', path], { screen: true })).out).toBe('shop/web[Pod]\n  -> shop/api[Pod]  TCP 8080\n');
    expect((await run(['list', path])).out).toBe('shop/web[Pod] => shop/api[Pod] : TCP 8080\n');
  });

  it('lets an ipBlock open pods once their range is known', async () => {
    const path = file('shop.yaml', pod('web'), pod('api'), policy('api', 'api', [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }], [{}]));
    const rows = async (...more: string[]) => JSON.parse((await run(['list', path, '-o', 'json', ...more])).out).map(({ src, dst }: any) => `${src} ${dst}`);
    expect(await rows()).not.toContain('shop/web[Pod] shop/api[Pod]');
    expect(await rows('--pod-cidr', '10.1.0.0/16')).toContain('shop/web[Pod] shop/api[Pod]');
  });

  it('knows addresses in the range of pods that only nodes have', async () => {
    const path = file('shop.yaml', pod('web'), pod('api'), policy('api', 'api', [{ from: [{ ipBlock: { cidr: '10.1.0.2/32' } }] }], [{}]));
    const rows = async (...more: string[]) =>
      JSON.parse((await run(['list', path, '--pod-cidr', '10.1.0.0/16', '-o', 'json', ...more])).out).map(({ src, dst }: any) => `${src} ${dst}`);
    expect(await rows()).toContain('shop/web[Pod] shop/api[Pod]');
    const known = await rows('--node-address', '10.1.0.2');
    expect(known).not.toContain('shop/web[Pod] shop/api[Pod]');
    expect(known).toContain('10.1.0.2-10.1.0.2[External] shop/api[Pod]');
    expect((await run(['list', path, '--node-address', '10.1.0.0/24'])).code).toBe(2);
  });
});

describe('2. input that is not valid', () => {
  const bad = policy('bad', 'api', [{ ports: [{ port: 0 }] }]);

  it('exits with 1, writes nothing to standard output, and names file, kind, name and fault of all there is', async () => {
    const one = file('a.yaml', ...shop(8080), bad);
    const two = file('b.yaml', '{ not: [closed');
    const { code, out, err } = await run(['list', folder]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toHaveLength(2);
    expect(err[0]).toMatch(new RegExp(`^error: ${two}: .`));
    expect(err[1]).toBe(`error: ${one}: NetworkPolicy/bad: spec.ingress[0].ports[0]: port '0' is outside 1-65535`);
  });

  it('goes on without it when told so, with a warning', async () => {
    const path = file('a.yaml', ...shop(8080), bad);
    const { code, out, err } = await run(['list', path, '-o', 'json', '--keep-going']);
    expect([code, JSON.parse(out)]).toEqual([0, [ROW]]);
    expect(err).toEqual([`warning: left out: ${path}: NetworkPolicy/bad: spec.ingress[0].ports[0]: port '0' is outside 1-65535`]);
  });

  it('exits with 1 for a path that does not exist, and 2 for a command line that cannot be understood', async () => {
    expect(await run(['list', join(folder, 'none')])).toEqual({ code: 1, out: '', err: [`error: ${join(folder, 'none')}: there is no such file or folder`] });
    const path = file('shop.yaml', ...shop(8080));
    for (const args of [[], ['lost'], ['list'], ['list', path, '-o', 'xml'], ['list', path, '--pod-cidr', '10.0.0.1/8'], ['diff', '--from', path],
      ['diff', '--from', path, '--to', path, '--fail-on', 'nothing'], ['explain', path, '--src', 'shop/web', '--dst', 'shop/api', '--port', '0'],
      ['explain', path, '--src', 'shop/nobody', '--dst', 'shop/api']]) {
      const { code, out, err } = await run(args);
      expect([args, code, out]).toEqual([args, 2, '']);
      expect(err.join('\n')).not.toBe('');
    }
  });

  it('shows examples in the help of every command', async () => {
    for (const command of ['list', 'diff', 'explain']) {
      const { code, out } = await run([command, '--help']);
      expect(code).toBe(0);
      expect(out).toMatch(/Examples:\n {2}\$ secure-network/);
    }
  });
});

describe('2. diff', () => {
  it('writes what opens and closes, and fails only on what it is told to', async () => {
    const [from, to] = [file('from/shop.yaml', ...shop(8080)), file('to/shop.yaml', ...shop(8080, 9090))];
    const both = ['diff', '--from', from, '--to', to];
    const json = await run([...both, '-o', 'json']);
    expect([json.code, JSON.parse(json.out)]).toEqual([0, [{ change: 'changed', src: ROW.src, dst: ROW.dst, before: 'TCP 8080', after: 'TCP 8080,9090' }]]);
    expect((await run(both)).out).toBe('~ shop/web[Pod] => shop/api[Pod] : TCP 8080 -> TCP 8080,9090\n');
    // A port that is added to a path is a path that opens.
    expect((await run([...both, '--fail-on', 'added'])).code).toBe(1);
    expect((await run([...both, '--fail-on', 'removed'])).code).toBe(0);
    expect((await run(['diff', '--from', to, '--to', from, '--fail-on', 'added'])).code).toBe(0);
    expect((await run(['diff', '--from', to, '--to', from, '--fail-on', 'added,removed'])).code).toBe(1);
    expect((await run(['diff', '--from', from, '--to', from, '-o', 'json', '--fail-on', 'any']))).toEqual({ code: 0, out: '[]\n', err: [] });
  });
});

describe('2. explain', () => {
  const ask = async (...more: string[]) => run(['explain', file('shop.yaml', ...shop(8080)), '--src', 'shop/web', '--dst', 'shop/api', ...more]);

  it('gives for an allowance the object, file, rule and layer at both ends', async () => {
    const { code, out } = await ask('--port', '8080', '-o', 'json');
    const { allowed, conn, reasons, remedies } = JSON.parse(out);
    expect([code, allowed, conn, remedies]).toEqual([0, true, 'TCP 8080', undefined]);
    expect(reasons.map(({ direction, object, file: where, rule, layer }: any) => [direction, object, where, rule, layer])).toEqual([
      ['egress', 'NetworkPolicy shop/web', join(folder, 'shop.yaml'), 'egress[0]', 'network-policy'],
      ['ingress', 'NetworkPolicy shop/api', join(folder, 'shop.yaml'), 'ingress[0]', 'network-policy'],
    ]);
  });

  it('tells for a denial who denies, and the smallest change', async () => {
    const { code, out } = await ask('--port', '9090');
    expect(code).toBe(0);
    expect(out).toContain('denied');
    expect(out).toContain('NetworkPolicy shop/api selects it, and no ingress rule there opens TCP 9090');
    expect(out).toMatch(/add this rule to the list spec\.ingress of NetworkPolicy shop\/api .*\n +- from:\n +- podSelector:\n +matchLabels:\n +app: web\n +ports:\n +- protocol: TCP\n +port: 9090/);
    expect((await ask('--port', '8080')).out).not.toContain('smallest change');
  });
});
