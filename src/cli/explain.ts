import { Command, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'yaml';
import { ClusterOptions, readCluster, withClusterOptions } from './_cluster';
import { CliCommand, FINE, UsageError, withExamples } from './_command';
import { Io } from './_io';
import { PROTOCOLS } from '../algebra/connection-set';
import { Reachability } from '../analysis/reachability';
import { filesOf, Story, tell } from '../analysis/report/story';
import { textOfRef } from '../analysis/rules';
import { askedOf, ConnectivityQuery, decide, endsOf, hostOf } from '../analysis/verdict';

interface ExplainOptions extends ClusterOptions {
  readonly src: string;
  readonly dst: string;
  readonly protocol?: string;
  readonly port?: readonly [number, number];
  readonly output: string;
}

/** Why two peers may connect, or what would have to change. */
export const EXPLAIN: CliCommand = {
  describe: () => withExamples(withClusterOptions(new Command('explain')
    .description('tell why two peers may connect; for a denial, the smallest change that would allow it')
    .argument('<path...>', 'files and folders of manifests; - is standard input')
    .requiredOption('--src <peer>', 'namespace/name, namespace/name[Kind], an address, a CIDR or a range first-last')
    .requiredOption('--dst <peer>', 'the same for the destination, or the name of a host outside')
    .addOption(new Option('--protocol <protocol>', 'one protocol (default: TCP where a port is given, else all)').choices([...PROTOCOLS]))
    .option('--port <port>', 'a port at the destination\'s pod, or a range 8000-8010', ports)
    .addOption(new Option('-o, --output <format>', 'how to write it').choices(['txt', 'json']).default('txt'))), {
    'explain dist --src shop/frontend --dst shop/api --port 8080': 'whether and why this connection passes',
    'explain dist --src shop/api --dst 203.0.113.7': 'all that may go from a workload to an address',
  }),

  async run(io, { output, src, dst, protocol, port, ...options }: ExplainOptions, paths: string[]) {
    const reach = readCluster(io, paths, options);
    const query: ConnectivityQuery = { src, dst, protocol, port: port?.[0], endPort: port?.[1] };
    const stories = storiesOf(reach, query);
    await io.out(output === 'json' ? [`${JSON.stringify(answer(reach, query, stories), undefined, 2)}\n`] : told(io, stories));
    return FINE;
  },
};

function ports(text: string): readonly [number, number] {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const [first, last] = match ? [Number(match[1]), Number(match[2] ?? match[1])] : [0, 0];
  if (first < 1 || last > 65535 || last < first) throw new InvalidArgumentError('A port is a number from 1 to 65535, or a range first-last.');
  return [first, last];
}

/** One for each pair of ends: a name stands for several where rules treat the pods of one owner differently. */
function storiesOf(reach: Reachability, query: ConnectivityQuery): Story[] {
  try {
    const asked = askedOf(query);
    const host = hostOf(query.dst);
    const targets = host === undefined ? endsOf(reach, query.dst) : [reach.model.outside];
    return endsOf(reach, query.src).flatMap(src => targets.map(dst => tell(reach, src, dst, asked, host)));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function answer(reach: Reachability, query: ConnectivityQuery, stories: readonly Story[]): unknown {
  const { allowed, conn } = decide(reach, query);
  const reasons = stories.flatMap(({ src, dst, steps }) => steps.flatMap(({ direction, reasons: here }) => here.flatMap(reason =>
    (reason.objects.length === 0 ? [undefined] : reason.objects).map(object => ({
      src,
      dst,
      direction,
      layer: reason.layer,
      effect: reason.effect,
      object: object ? textOfRef(object) : null,
      file: object?.origin ?? null,
      rule: reason.rule ?? null,
      conn: reason.conn.toString(),
      text: reason.text,
    })))));
  const advice = stories.flatMap(({ src, dst, conn: part, advice: all }) => all.map(({ layer, object, text }) =>
    ({ src, dst, direction: layer === 'sidecar' ? 'egress' : 'ingress', layer, effect: 'advice', object: textOfRef(object), file: object.origin ?? null, rule: null, conn: part.toString(), text })));
  const remedies = stories.flatMap(story => story.remedies.map(({ text, object, rule, manifest }) =>
    ({ text, object: object && textOfRef(object), file: object?.origin, rule, manifest })));
  return { allowed, conn, reasons: [...reasons, ...advice], ...remedies.length > 0 ? { remedies } : {} };
}

function* told({ paint }: Io, stories: readonly Story[]): Iterable<string> {
  let gap = '';
  for (const { src, dst, asked, conn, verdict, steps, remedies, advice } of stories) {
    const colour = verdict === 'allowed' ? paint.green : verdict === 'denied' ? paint.red : paint.yellow;
    yield `${gap}${paint.bold(`${src} -> ${dst}`)} : ${asked}\n${colour(paint.bold(verdict))}${verdict === 'partly allowed' ? `: ${conn}` : ''}\n`;
    if (steps.length === 0) yield '\n  both are outside the cluster, where nothing of it decides\n';
    for (const step of steps) {
      const through = step.conn.equals(asked) ? paint.green('passes') : step.conn.isEmpty ? paint.red('denied') : paint.yellow(`passes in part: ${step.conn}`);
      yield `\n  ${step.text}: ${through}\n`;
      for (const reason of step.reasons) yield `    ${reason.text}\n${filesOf(reason).map(file => `      ${paint.dim(file)}\n`).join('')}`;
    }
    if (advice.length > 0) yield '\n  beside that, the mesh says:\n';
    for (const { text, object } of advice) yield `    ${text}\n${object.origin ? `      ${paint.dim(object.origin)}\n` : ''}`;
    if (remedies.length > 0) yield `\n  ${paint.bold('the smallest change that would allow it:')}\n`;
    for (const { text, object, rule, manifest } of remedies) {
      yield `    ${text}${object?.origin ? paint.dim(` (${object.origin})`) : ''}\n`;
      if (rule ?? manifest) yield paint.cyan(stringify(rule ? [rule] : manifest).replace(/^(?=.)/gm, '      '));
    }
    gap = '\n';
  }
}
