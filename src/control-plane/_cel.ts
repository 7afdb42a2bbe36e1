/**
 * Expressions that the API server will run, read before it does: a typing error in one of them keeps the API server from starting.
 *
 *   checkCel('usernameExpression', "'corp:' + claims.sub", ['claims'])
 *
 * Syntax and variables are checked, not types; the API server remains the authority. Its optional fields (`claims.?email`) are taken as
 * fields, because this parser does not know them.
 */
import type * as Cel from '@bufbuild/cel';

/** What an expression mentions. */
export interface CelReading {
  /** Its text constants. */
  readonly texts: readonly string[];
  /** The fields it reads, such as `claims.email`. */
  readonly fields: readonly string[];
  /** Whether it is more than the value of a field. */
  readonly decides: boolean;
}

/** Names that are no variables: types, as in `type(claims.aud) == list`. */
const TYPES = ['bool', 'bytes', 'double', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint'];
const LITERAL_OR_OPTIONAL = /("""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(\.|\[)\?/g;

/** As `checkCel`, for what has to be true or false: the API server does not start with a value that may be anything. */
export function checkCondition(what: string, expression: string, variables: readonly string[]): CelReading {
  const reading = checkCel(what, expression, variables);
  if (!reading.decides) throw new Error(`${what} '${expression}' may be anything, and has to be true or false: compare it, such as ${expression} == true`);
  return reading;
}

/** Throws where the expression is no CEL, or names a variable it will not have. */
export function checkCel(what: string, expression: string, variables: readonly string[]): CelReading {
  // Read where it is needed: most programs state no expression, and the parser is as large as this library.
  const { parse }: typeof Cel = require('@bufbuild/cel'); // eslint-disable-line @typescript-eslint/no-require-imports
  let root: unknown;
  try {
    root = parse(expression.replace(LITERAL_OR_OPTIONAL, (_, text, access) => text ?? access)).expr;
  } catch (error) {
    throw new Error(`${what} '${expression}' is not a CEL expression: ${(error as Error).message.replace(/^<input>:/, 'at ')}: write one such as ${variables[0]}.name == 'a'`);
  }
  const reading = { texts: [] as string[], fields: [] as string[], decides: !isValue(root) };
  walk(root, new Set([...variables, ...TYPES]), reading, name => {
    throw new Error(`${what} '${expression}' names '${name}', which it will not have: it has ${variables.map(variable => `'${variable}'`).join(', ')}`);
  });
  return reading;
}

function walk(expr: any, known: ReadonlySet<string>, reading: { texts: string[]; fields: string[] }, unknown: (name: string) => never): void {
  const into = (next: any, names = known) => (next ? walk(next, names, reading, unknown) : undefined);
  const { case: kind, value } = expr.exprKind;
  switch (kind) {
    case 'identExpr':
      if (!known.has(value.name)) unknown(value.name);
      break;
    case 'constExpr':
      if (value.constantKind.case === 'stringValue') reading.texts.push(value.constantKind.value);
      break;
    case 'selectExpr': {
      const path = pathOf(expr);
      if (path) reading.fields.push(path);
      into(value.operand);
      break;
    }
    case 'callExpr':
      if (value.function === '_[_]' && value.args[1]?.exprKind.value?.constantKind?.case === 'stringValue') {
        const base = pathOf(value.args[0]);
        if (base) reading.fields.push(`${base}.${value.args[1].exprKind.value.constantKind.value}`);
      }
      into(value.target);
      value.args.forEach((arg: any) => into(arg));
      break;
    case 'listExpr':
      value.elements.forEach((element: any) => into(element));
      break;
    case 'structExpr':
      for (const { keyKind, value: entry } of value.entries) {
        if (keyKind.case === 'mapKey') into(keyKind.value);
        into(entry);
      }
      break;
    case 'comprehensionExpr': {
      const inner = new Set([...known, value.iterVar, value.iterVar2, value.accuVar]);
      into(value.iterRange);
      into(value.accuInit);
      for (const part of [value.loopCondition, value.loopStep, value.result]) into(part, inner);
      break;
    }
  }
}

/** A field, a constant or a variable, and not a question about one. */
function isValue(expr: any): boolean {
  const { case: kind, value } = expr.exprKind;
  if (kind === 'callExpr') return ['orValue', '_[_]'].includes(value.function);
  return kind === 'identExpr' || (kind === 'selectExpr' && !value.testOnly) || (kind === 'constExpr' && value.constantKind.case !== 'boolValue');
}

/** `claims.a.b`, where an expression is nothing but that. */
function pathOf(expr: any): string | undefined {
  const { case: kind, value } = expr.exprKind;
  if (kind === 'identExpr') return value.name;
  const base = kind === 'selectExpr' ? pathOf(value.operand) : undefined;
  return base && `${base}.${value.field}`;
}
