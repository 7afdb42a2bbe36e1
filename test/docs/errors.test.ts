/**
 * docs/errors.md says what is refused: each block fenced as `ts throws` must throw the message in the block below it, word for word.
 *
 * `npx projen test:update` writes the messages anew; `npm test` never does.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import * as library from 'cdk8s-secure-network';
import { runSnippet } from './run';

const PAGE = join(__dirname, '..', '..', 'docs', 'errors.md');
const PAIR = /```ts throws\n([^]*?)\n```\n```text\n([^]*?)```/g;

describe('9. errors: every message of docs/errors.md is the one that is thrown', () => {
  if (process.env.UPDATE_EXPECTED === '1') {
    writeFileSync(PAGE, readFileSync(PAGE, 'utf8').replace(PAIR, (_, code) => `\`\`\`ts throws\n${code}\n\`\`\`\n\`\`\`text\n${messageOf(code)}\n\`\`\``));
  }
  const pairs = [...readFileSync(PAGE, 'utf8').matchAll(PAIR)].map(([, code, message]) => [code.replace(/\napp\.synth\(\);$/, '').split('\n').pop(), code, message.trim()]);

  test.each(pairs)('%s', (_, code, message) => {
    expect(messageOf(code!)).toBe(message);
  });

  test('what stands around the blocks is not what throws', () => {
    expect(messageOf('app.synth();')).toBe('nothing is refused');
  });
});

function messageOf(code: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'errors-'));
  try {
    runSnippet(code, { ...library, ...surroundings(join(folder, 'dist')) });
    return 'nothing is refused';
  } catch (error) {
    const { message } = error as Error;
    return message.replace(/^Validation failed with the following errors:\n/, '').replace(/^ {2}/gm, '').replace(/\(test\/docs\/run\.ts:\d+:\d+\)/g, '(main.ts:12:22)');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the page says exists already. */
function surroundings(outdir: string): Record<string, unknown> {
  const app = new library.ClusterApp({ outdir });
  const edge = new library.ClusterEdge(app, 'edge', {
    platform: library.Platform.kubernetes({ version: '1.31' }),
    network: library.NetworkProvider.upstream(),
  });
  const egress = new library.SecureNamespace(app, 'egress', { edge, tenant: 'platform' });
  const shop = new library.SecureNamespace(app, 'shop', { edge, tenant: 'acme' });
  const frontend = shop.addDeployment('frontend', { containers: [{ image: 'registry.example/frontend:1.4.2', portNumber: 8080 }] });
  const api = shop.addDeployment('api', { containers: [{ image: 'registry.example/api:2.0.1', portNumber: 9090 }] });
  return { app, edge, egress, shop, frontend, api };
}
