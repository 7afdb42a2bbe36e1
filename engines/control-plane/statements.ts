/**
 * Who was granted what, as a program says it: the program runs with `grant` and `Access.of` overheard, so that what is expected of the API
 * server does not pass through the roles that the library makes of it.
 *
 * `statements.ts main.ts out.json` runs the program and writes what it stated.
 */
import { spawnSync } from 'child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { createRequire } from 'module';
import { join, resolve } from 'path';
import { Chart } from 'cdk8s';
import { Access, AccessRule, ApiServer, ClusterEdge, SecureNamespace, SecureWorkload, Subject } from 'cdk8s-secure-network';
import { REPOSITORY } from '../lib/paths';

/** One grant, as somebody wrote it down. */
export interface Statement {
  /** None is the whole cluster. */
  readonly namespace?: string;
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly name: string;
  /** Of a ServiceAccount. */
  readonly home?: string;
  readonly access: string;
  /** Of access that the program made itself. */
  readonly rules?: readonly { readonly group: string; readonly resource: string; readonly verbs: readonly string[]; readonly names?: readonly string[] }[];
}

/** Runs an example, and gives what it granted. */
export function statementsOf(example: string, scratch: string): Statement[] {
  const out = join(scratch, `${example.replace('/', '-')}.json`);
  const ran = spawnSync(process.execPath, ['--import', 'tsx', __filename, join(REPOSITORY, example, 'main.ts'), out], {
    cwd: REPOSITORY, encoding: 'utf8', env: { ...process.env, TSX_TSCONFIG_PATH: join(REPOSITORY, 'examples', 'tsconfig.json') },
  });
  if (ran.status !== 0 || !existsSync(out)) throw new Error(`${example} does not run while its grants are overheard:\n${ran.stderr || ran.stdout}`);
  const statements = JSON.parse(readFileSync(out, 'utf8'));
  rmSync(out);
  return statements;
}

function overhear(into: Statement[]): void {
  const rules = new Map<string, Statement['rules']>();
  const { of } = Access;
  Access.of = (name: string, stated: AccessRule[]) => {
    rules.set(name, stated.flatMap(({ resources, verbs, resourceNames: names }) =>
      resources.map(({ apiGroup: group, resourceType: resource }) => ({ group, resource, verbs, names }))));
    return of.call(Access, name, stated);
  };
  const note = (namespace: string | undefined, subject: Subject, { accessName: access }: Access) => {
    const { kind, name, namespace: home } = subject._wire;
    into.push({ namespace, kind: kind as Statement['kind'], name, home, access, rules: rules.get(access) });
  };
  replace(SecureNamespace.prototype, function (this: SecureNamespace, subject: Subject, access: Access) { note(this.namespaceName, subject, access); });
  replace(ClusterEdge.prototype, (subject: Subject, access: Access) => note(undefined, subject, access));
  replace(ApiServer.prototype, (workload: SecureWorkload, access: Access) => note(Chart.of(workload).namespace, Subject.serviceAccount(workload), access));
}

/** What it does is done as before. */
function replace<A extends unknown[]>(prototype: { grant(...args: A): void }, first: (...args: A) => void): void {
  const { grant } = prototype;
  prototype.grant = function (...args: A) {
    first.apply(this, args);
    grant.apply(this, args);
  };
}

if (require.main === module) {
  const [program, out] = process.argv.slice(2);
  const statements: Statement[] = [];
  overhear(statements);
  createRequire(__filename)(resolve(program));
  writeFileSync(out, JSON.stringify(statements));
}
