import { textOfRef } from '../../rules';
import { Finding } from '../finding';
import { ReportContext } from './_context';
import { pageOf } from './_page';

export function json(findings: readonly Finding[], { lineOf }: ReportContext): string {
  return `${JSON.stringify(findings.map(finding => {
    const { code, name, level, object, path, message, remedy, accepted } = finding;
    return {
      code,
      name,
      level,
      object: textOfRef(object),
      path,
      file: object.origin ?? null,
      line: lineOf(finding) ?? null,
      message,
      remedy,
      help: pageOf(code),
      ...accepted === undefined ? {} : { accepted },
    };
  }), undefined, 2)}\n`;
}
