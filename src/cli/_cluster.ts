import { readFileSync, realpathSync } from 'fs';
import { Command, InvalidArgumentError } from 'commander';
import { InvalidInput } from './_command';
import { Io } from './_io';
import { isAddress, parseCidr } from '../algebra/ip-set';
import { ClusterFacts } from '../analysis/facts';
import { readDocuments } from '../analysis/input/documents';
import { filesOf } from '../analysis/input/paths';
import { flatten } from '../analysis/lists';
import { ClusterModel } from '../analysis/model';
import { Reachability } from '../analysis/reachability';
import { ObjectRef } from '../analysis/rules';
import { warningsOf } from '../analysis/warnings';

/** The options of every command that reads a cluster. */
export interface ClusterOptions {
  readonly keepGoing?: boolean;
  readonly podCidr?: string[];
  readonly serviceCidr?: string[];
  readonly nodeCidr?: string[];
  readonly nodeAddress?: string[];
}

const STDIN = '-';
const STDIN_NAME = '<stdin>';
/** Refused objects are among the warnings too, without the file they are in. */
const SAID_AS_FAULT = ' is left out, because the API server would refuse it: ';

export function withClusterOptions(command: Command): Command {
  return command
    .option('--pod-cidr <cidr>', 'the range that pods have their addresses from, so that an ipBlock can open pods too (may be repeated)', cidrs)
    .option('--service-cidr <cidr>', 'the range of the virtual addresses of Services (may be repeated)', cidrs)
    .option('--node-cidr <cidr>', 'the range that nodes have their addresses from (may be repeated)', cidrs)
    .option('--node-address <address>', 'an address inside a range of pods that a node has, as on OVN-Kubernetes (may be repeated)', addresses)
    .option('--keep-going', 'leave out what is not valid, with a warning, instead of failing');
}

function cidrs(text: string, earlier: string[] = []): string[] {
  try {
    parseCidr(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return [...earlier, text];
}

function addresses(text: string, earlier: string[] = []): string[] {
  if (!isAddress(text)) throw new InvalidArgumentError(`'${text}' is no address: write a single one, such as 10.244.0.2`);
  return [...earlier, text];
}

/**
 * Reads files, folders with all that is below them, and standard input (`-`), and says on standard error what is worth knowing.
 * Throws `InvalidInput` with every fault there is, unless it is told to keep going.
 */
export function readCluster(io: Io, paths: readonly string[], options: ClusterOptions): Reachability {
  const { keepGoing = false, podCidr, serviceCidr, nodeCidr, nodeAddress } = options;
  const faults: string[] = [];
  const origins = new Map<any, string>();
  const objects: any[] = [];
  const files = listFiles(paths, faults);
  files.forEach(({ file, named }, i) => {
    io.progress(() => `reading ${i + 1} of ${files.length} files`);
    try {
      const read = readDocuments(file === STDIN ? io.stdin() : readFileSync(file, 'utf8'));
      const name = file === STDIN ? STDIN_NAME : file;
      if (read.others > 0 && named) faults.push(`${name}: it holds a document that is not a Kubernetes object: it has neither apiVersion nor kind`);
      else if (read.others > 0) io.note(`warning: ${name}: what is not a Kubernetes object there is left out`);
      for (const object of flatten(read.objects)) {
        origins.set(object, name);
        objects.push(object);
      }
    } catch (error) {
      faults.push(`${file === STDIN ? STDIN_NAME : file}: ${(error as Error).message}`);
    }
  });
  io.progress(() => `analysing ${objects.length} objects`);
  const facts: ClusterFacts = { podCidrs: podCidr, serviceCidrs: serviceCidr, nodeCidrs: nodeCidr, nodeAddresses: nodeAddress };
  const model = ClusterModel.of(objects, { facts, origin: object => origins.get(object) });
  faults.push(...model.problems.map(({ ref, message }) => `${ref.origin ?? STDIN_NAME}: ${nameOf(ref)}: ${message}`));
  if (faults.length > 0 && !keepGoing) throw new InvalidInput(faults);
  for (const fault of faults) io.note(`warning: left out: ${fault}`);
  const reach = Reachability.of(model);
  for (const warning of warningsOf(reach)) if (!warning.includes(SAID_AS_FAULT)) io.note(`warning: ${warning}`);
  return reach;
}

function nameOf({ kind, name }: ObjectRef): string {
  return `${kind}/${name}`;
}

/** A file that is reached twice is read once. */
function listFiles(paths: readonly string[], faults: string[]): { file: string; named: boolean }[] {
  const found = new Map<string, { file: string; named: boolean }>();
  for (const path of paths) {
    if (path === STDIN) {
      found.set(STDIN, { file: STDIN, named: true });
      continue;
    }
    try {
      for (const file of filesOf(path)) {
        const real = realpathSync(file);
        if (!found.has(real)) found.set(real, { file, named: file === path });
      }
    } catch (error) {
      faults.push((error as Error).message);
    }
  }
  return [...found.values()];
}
