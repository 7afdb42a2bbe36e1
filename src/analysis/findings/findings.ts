import { Evidence } from './_evidence';
import { keyOfRef } from './_sources';
import { CHECKS } from './all';
import { Check, Finding, Hit, Level, LEVELS } from './finding';
import { Reachability } from '../reachability';
import { textOfRef } from '../rules';

/** All findings in a cluster, the gravest first, then by code and object. Accepted ones are among them. */
export function findingsOf(reach: Reachability, checks: readonly Check[] = CHECKS): Finding[] {
  const evidence = new Evidence(reach);
  const annotations = new Map(evidence.objects.map(({ ref, json }) => [keyOfRef(ref), json.metadata?.annotations]));
  return checks.flatMap(check => [...check.find(evidence)].map((hit): Finding => {
    const { code, name, level } = check;
    const { object, path, message } = hit;
    const reason = annotations.get(keyOfRef(object))?.[acceptance(code)];
    const accepted = typeof reason === 'string' && reason.trim() !== '' ? { accepted: reason } : {};
    return { code, name, level, object, path, message, remedy: remedyFor(check, hit), ...accepted };
  })).map(finding => ({ finding, key: `${LEVELS.indexOf(finding.level)} ${textOf(finding)}` }))
    .sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0).map(({ finding }) => finding);
}

/** The findings that nobody accepted, of a level and graver ones. */
export function openFindings(findings: readonly Finding[], from: Level = 'note'): Finding[] {
  return findings.filter(({ accepted, level }) => accepted === undefined && LEVELS.indexOf(level) <= LEVELS.indexOf(from));
}

/** The annotation by which an object accepts a finding; its value is the reason. */
export function acceptance(code: string): string {
  return `secure-network/accept-${code}`;
}

function remedyFor({ code, remedy }: Check, { words = {} }: Hit): string {
  return remedy.replace(/\{(\w+)\}/g, (_, word) => {
    if (!Object.hasOwn(words, word)) throw new Error(`the remedy of ${code} has no '${word}'`);
    return words[word];
  });
}

function textOf({ code, object, path, message }: Finding): string {
  return [code, object.origin ?? '', textOfRef(object), path, message].join('\n');
}
