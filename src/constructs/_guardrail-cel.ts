/** Expressions of guardrails: short enough to be read in a review, and each text in them quoted. */
import { Identities } from './_guardrail-identities';

/** The names that an expression of a ValidatingAdmissionPolicy may use. */
export const ADMISSION_VARIABLES = ['object', 'oldObject', 'request', 'namespaceObject', 'variables'];

/** True where somebody else asks than these. */
export function asksSomebodyElse({ users, groups }: Identities): string {
  const parts = [
    ...(users.length ? [`!(request.userInfo.username in ${celTexts(users)})`] : []),
    ...(groups.length ? [`!(has(request.userInfo.groups) && request.userInfo.groups.exists(group, group in ${celTexts(groups)}))`] : []),
  ];
  return parts.join(' && ') || 'true';
}

/** `['a', 'b']`, sorted, each once. */
export function celTexts(values: Iterable<string>): string {
  return `[${[...new Set(values)].sort().map(celText).join(', ')}]`;
}

/** A text constant: a quote inside it ends nothing. */
export function celText(value: string): string {
  const escaped = value.replace(/[\\']/g, character => `\\${character}`)
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f]/g, character => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `'${escaped}'`;
}

/** What stands at a path, or something empty where nothing does: `orEmpty('object.metadata.annotations', '{}')`. */
export function orEmpty(path: string, empty: '[]' | '{}'): string {
  return `has(${path}) ? ${path} : ${empty}`;
}
