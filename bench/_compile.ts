/** The library and the bench as plain JavaScript, as users get it: tsx would add a call to every function that is made, and be measured too. */
import * as fs from 'fs';
import * as path from 'path';
import * as ts from 'typescript';

const ROOT = path.join(__dirname, '..');
const COMPILED = path.join(ROOT, '.cache', 'bench');

/** Compiles `src` and `bench`, and returns the folder in which both lie. */
export function compile(): string {
  fs.rmSync(COMPILED, { recursive: true, force: true });
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  for (const folder of ['src', 'bench']) {
    for (const file of fs.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))) {
      const target = path.join(COMPILED, folder, file.replace(/\.ts$/, '.js'));
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, ts.transpileModule(fs.readFileSync(path.join(ROOT, folder, file), 'utf8'), { compilerOptions }).outputText);
    }
  }
  // The command line looks there for its version; without a name it is no package for anybody who looks for one.
  const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  fs.writeFileSync(path.join(COMPILED, 'package.json'), JSON.stringify({ version }));
  return COMPILED;
}
