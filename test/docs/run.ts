/** Runs a block of code as a script of its own, with `names` in sight beside what it imports. */
import * as ts from 'typescript';

export function runSnippet(code: string, names: Record<string, unknown>): void {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  const given = { require: jest.requireActual, exports: {}, console: { ...console, log: () => undefined }, ...names };
  new Function(...Object.keys(given), outputText.replace('"use strict";', ''))(...Object.values(given));
}
