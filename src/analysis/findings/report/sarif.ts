import { isAbsolute } from 'path';
import { pathToFileURL } from 'url';
import { textOfRef } from '../../rules';
import { CHECKS } from '../all';
import { Check, Finding } from '../finding';
import { ReportContext } from './_context';
import { pageOf } from './_page';

/**
 * SARIF 2.1.0, as code scanning services read it: every check is a rule, and what somebody accepted is a suppressed result.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function sarif(findings: readonly Finding[], context: ReportContext): string {
  const rules = [...CHECKS].sort((a, b) => a.code < b.code ? -1 : 1);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: {
        driver: {
          name: 'secure-network',
          informationUri: pageOf('').replace(/#$/, ''),
          semanticVersion: context.version,
          rules: rules.map(ruleOf),
        },
      },
      columnKind: 'utf16CodeUnits',
      results: findings.map(finding => resultOf(finding, rules.findIndex(({ code }) => code === finding.code), context)),
    }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function ruleOf({ code, name, level, description, why, source, remedy }: Check) {
  return {
    id: code,
    name,
    shortDescription: { text: `${description}.` },
    fullDescription: { text: why },
    help: { text: `${why}\n\nRemedy: ${remedy.replace(/[{}]/g, '')}.\n\n${source}` },
    helpUri: pageOf(code),
    defaultConfiguration: { level },
    properties: { tags: ['security', 'network', 'kubernetes'] },
  };
}

function resultOf(finding: Finding, ruleIndex: number, { lineOf }: ReportContext) {
  const { code, level, object, path, message, remedy, accepted } = finding;
  const name = textOfRef(object);
  const physical = object.origin === undefined ? {} : {
    physicalLocation: { artifactLocation: { uri: uriOf(object.origin) }, region: { startLine: lineOf(finding) ?? 1 } },
  };
  return {
    ruleId: code,
    ruleIndex,
    level,
    message: { text: `${name}${path ? `, ${path}` : ''}: ${message}. Remedy: ${remedy}.` },
    locations: [{ ...physical, logicalLocations: [{ fullyQualifiedName: path ? `${name} ${path}` : name, kind: 'resource' }] }],
    // Lines move and messages are improved; what is found, and where in which object, stays.
    partialFingerprints: { 'secureNetwork/v1': [code, object.apiVersion, name, path].join(' ') },
    ...accepted === undefined ? {} : { suppressions: [{ kind: 'inSource', status: 'accepted', justification: accepted }] },
  };
}

function uriOf(file: string): string {
  return isAbsolute(file) ? pathToFileURL(file).href : file.replace(/\\/g, '/').split('/').map(encodeURIComponent).join('/');
}
