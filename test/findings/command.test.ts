import { join } from 'path';
import { createColors } from 'picocolors';
import { Io } from '../../src/cli/_io';
import { main } from '../../src/cli/_main';

async function check(...args: string[]): Promise<{ code: number; out: string; err: string[] }> {
  let out = '';
  const err: string[] = [];
  const io: Io = {
    screen: false,
    paint: createColors(false),
    stdin: () => '{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "a"}, "spec": {"policyTypes": ["Ingress"], "ingress": [{}]}}',
    async out(pieces) { for (const piece of pieces) out += piece; },
    note: line => { err.push(line); },
    progress: () => undefined,
  };
  return { code: await main(io, ['check', ...args]), out, err };
}

const bad = (code: string) => join(__dirname, 'cases', code, 'bad.yaml');
const good = (code: string) => join(__dirname, 'cases', code, 'good.yaml');
const [ERROR, WARNING, NOTE] = ['SN0104', 'SN0106', 'SN0101'];

describe('2. check: exit codes', () => {
  test('0 where nothing is found, 1 where something is', async () => {
    expect(await check(good(ERROR))).toEqual({ code: 0, out: 'no findings\n', err: [] });
    expect(await check(bad(ERROR))).toMatchObject({ code: 1, out: expect.stringContaining('error SN0104'), err: [] });
  });

  test.each([
    [ERROR, undefined, 1], [WARNING, undefined, 1], [NOTE, undefined, 0],
    [ERROR, 'error', 1], [WARNING, 'error', 0],
    [WARNING, 'warning', 1], [NOTE, 'warning', 0],
    [NOTE, 'note', 1],
    [ERROR, 'never', 0],
  ])('%s with --fail-on %s ends with %i, and is shown in any case', async (code, level, exit) => {
    const ran = await check(bad(code), ...level ? ['--fail-on', level] : []);
    expect(ran.code).toBe(exit);
    expect(ran.out).toContain(code);
  });

  test('1 with nothing on standard output where the input is not valid', async () => {
    expect(await check(join(__dirname, 'nowhere.yaml'))).toMatchObject({ code: 1, out: '', err: [expect.stringMatching(/^error: .*nowhere\.yaml/)] });
  });

  test('2 for a code that does not exist', async () => {
    expect(await check(bad(ERROR), '--skip', 'SN9999')).toMatchObject({ code: 2, out: '' });
  });
});

describe('2. check: options', () => {
  test('--skip leaves out checks', async () => {
    expect(await check(bad(ERROR), '--skip', 'SN0303,SN0104')).toEqual({ code: 0, out: 'no findings\n', err: [] });
  });

  test('-o json and -o sarif write what programs read', async () => {
    expect(JSON.parse((await check(bad(ERROR), '-o', 'json')).out)[0]).toMatchObject({ code: ERROR, line: expect.any(Number) });
    expect(JSON.parse((await check(bad(ERROR), '-o', 'sarif')).out).runs[0].results[0]).toMatchObject({ ruleId: ERROR });
    expect(JSON.parse((await check(good(ERROR), '-o', 'json')).out)).toEqual([]);
  });

  test('standard input has no lines to lead to', async () => {
    const ran = await check('-', '-o', 'json');
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.out)[0]).toMatchObject({ code: 'SN0306', object: 'NetworkPolicy default/a', line: null });
  });

  test('facts show what manifests do not', async () => {
    const block = bad('SN0406');
    expect((await check(block, '--skip', 'SN0406')).out).toBe('no findings\n');
    expect((await check(block, '--skip', 'SN0406', '--pod-cidr', '10.0.0.0/8')).out).toContain('SN0405');
    expect((await check(block, '--skip', 'SN0406', '--service-cidr', '10.0.0.0/8')).out).toContain('SN0404');
  });
});
