import { CHECKS } from './all';
import { Check } from './finding';
import { acceptance } from './findings';

/** The page of all checks, docs/findings.md: written from what the checks say of themselves, so that it cannot say anything else. */
export function pageOfChecks(): string {
  const checks = [...CHECKS].sort((a, b) => a.code < b.code ? -1 : 1);
  const subjects = [...new Set(checks.map(subjectOf))];
  const sections = subjects.map(subject => {
    const own = checks.filter(check => subjectOf(check) === subject);
    return [`## ${SUBJECTS[subject]}`, table(own), ...own.map(section)].join('\n\n');
  });
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`;
}

const INTRODUCTION = `# Findings

What looks secure and is not. \`secure-network check\` finds it in manifests, whoever wrote them; \`expect(net).toHaveNoFindings()\` says in
jest that there is none. What this library writes has none.

\`\`\`sh
secure-network check dist                            # exit 1 if there is a warning or an error
secure-network check dist --fail-on error            # or note, or never
secure-network check dist --skip SN0303,SN0505
secure-network check dist -o sarif > findings.sarif  # for code scanning: each finding with its line; -o json for everything else
\`\`\`

An **error** means something else than it says. A **warning** is open, or does nothing, where it probably should not. A **note** is worth
knowing. Codes are stable, and never given to another check.

Who means it says so where it stands, with the reason, and the finding no longer counts (SARIF keeps it as suppressed):

\`\`\`yaml
metadata:
  annotations:
    ${acceptance('SN0305')}: the gateway is public
\`\`\`

Findings rest on what manifests show: nothing is said of pods, namespaces and Services that are not among them. Namespaces that begin with
\`kube-\` or \`openshift-\` belong to the cluster itself, and their pods are left out. Each check has a manifest that has the finding and one
that does not, under \`test/findings/cases\`.

This page is written from the checks (\`npx projen test:update\`).`;

const SUBJECTS: Readonly<Record<string, string>> = {
  SN01: 'Policies that mean something else than they say',
  SN02: 'Selectors and ports that find others than meant, or nobody',
  SN03: 'What is open, and what does nothing',
  SN04: 'DNS and addresses',
  SN05: 'Pods and namespaces that policies do not hold',
  SN06: 'Ways in from outside',
  SN07: 'The tiers of the cluster',
  SN08: 'The mesh',
};

function subjectOf({ code }: Check): string {
  const subject = code.slice(0, 4);
  if (!Object.hasOwn(SUBJECTS, subject)) throw new Error(`check ${code} has no subject: name ${subject}`);
  return subject;
}

function table(checks: readonly Check[]): string {
  const rows = checks.map(({ code, name, level, description }) => `| [${code}](#${code.toLowerCase()}) | ${level} | \`${name}\` | ${description} |`);
  return ['| code | level | name | what is found |', '|---|---|---|---|', ...rows].join('\n');
}

function section({ code, name, level, description, why, source, remedy }: Check): string {
  const cases = `../test/findings/cases/${code}`;
  return [
    `### ${code}`,
    `**${name}** (${level}). ${description}.`,
    `${why} [Source](${source})`,
    `Remedy: ${remedy.replace(/\{(\w+)\}/g, '*$1*')}. Examples: [bad](${cases}/bad.yaml), [good](${cases}/good.yaml).`,
  ].join('\n\n');
}
