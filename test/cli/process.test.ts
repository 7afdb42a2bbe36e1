import { spawnSync } from 'child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

/** The command as a process of its own: its streams and exit codes, as scripts see them. */
const ROOT = join(__dirname, '..', '..');
const CLI = join(ROOT, 'src', 'cli.ts');

function secureNetwork(args: readonly string[], input = ''): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', CLI, ...args], { cwd: ROOT, input, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

describe('2. secure-network as a process', () => {
  const pods = ['web', 'api'].map(name => JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' } })).join('\n---\n');
  const deny = '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"deny","namespace":"shop"},"spec":{"podSelector":{}}}';
  const bad = deny.replace('"podSelector":{}', '"podSelector":{},"policyTypes":["Inward"]');

  it('reads a pipe, writes rows, exits with 0', () => {
    const { code, out, err } = secureNetwork(['list', '-', '-o', 'json'], pods);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toContainEqual({ src: 'shop/web[Pod]', dst: 'shop/api[Pod]', conn: 'All Connections' });
    expect(JSON.parse(secureNetwork(['list', '-', '-o', 'json'], `${pods}\n---\n${deny}`).out)).not.toContainEqual(expect.objectContaining({ dst: 'shop/api[Pod]' }));
  });

  it('exits with 1 and an empty standard output where the input is not valid, and with 2 where the command line is not', () => {
    const { code, out, err } = secureNetwork(['list', '-'], `${pods}\n---\n${bad}`);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^error: <stdin>: NetworkPolicy\/deny: spec\.policyTypes.*'Inward'.*\n$/);
    expect(secureNetwork(['list', '-', '--colour'], pods)).toMatchObject({ code: 2, out: '' });
  });

  it('fails a pull request that opens a path', () => {
    const folder = mkdtempSync(join(tmpdir(), 'secure-network-'));
    try {
      const [closed, open] = [join(folder, 'closed.yaml'), join(folder, 'open.yaml')];
      writeFileSync(closed, `${pods}\n---\n${deny}`);
      writeFileSync(open, pods);
      expect(secureNetwork(['diff', '--from', closed, '--to', open, '--fail-on', 'added']).code).toBe(1);
      expect(secureNetwork(['diff', '--from', open, '--to', closed, '--fail-on', 'added']).code).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
