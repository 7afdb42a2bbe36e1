import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { createColors } from 'picocolors';
import { main } from '../../src/cli/_main';

/** What the pages show is what the commands print. `UPDATE_EXPECTED=1` writes it anew. */
const ROOT = join(__dirname, '..', '..');
const PAGES = ['docs/connectivity.md', 'docs/pull-requests.md'];
const PICTURES = [['shop', 'shop-connectivity.svg'], ['shop-mesh', 'shop-mesh-connectivity.svg']];
const UPDATE = process.env.UPDATE_EXPECTED === '1';

async function printed(line: string): Promise<string> {
  let text = '';
  const cwd = process.cwd();
  process.chdir(ROOT);
  try {
    await main({
      screen: false,
      paint: createColors(false),
      stdin: () => '',
      async out(pieces) { for (const piece of pieces) text += piece; },
      note: said => { text += `${said}\n`; },
      progress: () => undefined,
    }, line.split(' '));
  } finally {
    process.chdir(cwd);
  }
  return text;
}

async function renewed(page: string): Promise<string> {
  const parts = page.split(/(```console\n[^]*?```\n)/);
  return (await Promise.all(parts.map(async part => {
    const [, command] = /^```console\n\$ secure-network (.*)\n/.exec(part) ?? [];
    return command === undefined ? part : `\`\`\`console\n$ secure-network ${command}\n${await printed(command)}\`\`\`\n`;
  }))).join('');
}

describe('docs show real output', () => {
  it.each(PAGES)('%s', async name => {
    const page = join(ROOT, name);
    const before = readFileSync(page, 'utf8');
    const after = await renewed(before);
    expect(after).toContain('$ secure-network');
    if (UPDATE) writeFileSync(page, after);
    else expect(before).toBe(after);
  });

  it.each(PICTURES)('the picture of %s is the one that is drawn', async (example, name) => {
    const picture = join(ROOT, 'docs', 'images', name);
    const drawn = (await printed(`list examples/${example}/expected -o svg`)).replace(/^(warning: .*\n)*/, '');
    if (UPDATE) writeFileSync(picture, drawn);
    else expect(readFileSync(picture, 'utf8') === drawn).toBe(true);
  });
});
