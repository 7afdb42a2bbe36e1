/**
 * Puts a set of files into a folder as if in one step, and takes away what an earlier set left behind.
 *
 * Laws:
 * - All text is on disk before the first file of the folder changes; if that fails, the folder stays as it was.
 * - Only files that our own list names, and that are no longer written, are removed. The list is a file of the folder that
 *   `kubectl apply -f`, Argo CD and Flux pass over: it is neither YAML nor JSON.
 * - An entry of the list that leads out of the folder is not followed.
 */
import * as fs from 'fs';
import * as path from 'path';

/** The list of files that the last synth wrote, one path a line. */
export const FILE_LIST = '.secure-network-files';

const HEADER = '# Written at synth. The next synth removes the files named here that it no longer writes.';

/** Writes `files` (path under the folder, with `/` between folders, to text) and removes what the last call wrote and this one does not. */
export function writeFolder(folder: string, files: ReadonlyMap<string, string>): void {
  fs.mkdirSync(folder, { recursive: true });
  const earlier = readList(folder);
  const now = [...files.keys()].sort();
  refuseMismatch(folder, now);
  const staging = fs.mkdtempSync(path.join(folder, '.secure-network-'));
  try {
    const staged = now.map((file, index) => ({ from: path.join(staging, String(index)), to: path.join(folder, file) }));
    staged.forEach(({ from }, index) => fs.writeFileSync(from, files.get(now[index])!));
    new Set(staged.map(({ to }) => path.dirname(to))).forEach(parent => fs.mkdirSync(parent, { recursive: true }));
    // Named before they are written: whatever happens from here on, the next synth knows them.
    fs.writeFileSync(path.join(staging, 'list'), listOf([...earlier, ...now]));
    fs.renameSync(path.join(staging, 'list'), path.join(folder, FILE_LIST));
    staged.forEach(({ from, to }) => fs.renameSync(from, to));
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
  earlier.filter(file => !files.has(file)).forEach(file => remove(folder, file));
  fs.writeFileSync(path.join(folder, FILE_LIST), listOf(now));
}

function listOf(files: readonly string[]): string {
  return [HEADER, ...[...new Set(files)].sort()].join('\n') + '\n';
}

function readList(folder: string): string[] {
  const list = path.join(folder, FILE_LIST);
  if (!fs.existsSync(list)) return [];
  return fs.readFileSync(list, 'utf8').split('\n').filter(line => line !== '' && !line.startsWith('#') && isInside(line));
}

function isInside(file: string): boolean {
  return !path.isAbsolute(file) && !file.split(/[\\/]/).includes('..');
}

/** A file cannot replace a folder, nor a folder a file: better said before anything is written. */
function refuseMismatch(folder: string, files: readonly string[]): void {
  const parents = new Set(files.map(file => path.dirname(file)));
  for (const [place, folderWanted] of [...[...parents].map(parent => [parent, true] as const), ...files.map(file => [file, false] as const)]) {
    const target = path.join(folder, place);
    const found = fs.statSync(target, { throwIfNoEntry: false });
    if (!found || found.isDirectory() === folderWanted) continue;
    const [is, wanted] = folderWanted ? ['file', 'folder has to be made'] : ['folder', 'file has to be written'];
    throw new Error(`'${target}' is a ${is} where a ${wanted}: remove it, or choose another output folder`);
  }
}

function remove(folder: string, file: string): void {
  fs.rmSync(path.join(folder, file), { force: true });
  for (let parent = path.dirname(file); parent !== '.'; parent = path.dirname(parent)) {
    const place = path.join(folder, parent);
    if (!fs.existsSync(place) || fs.readdirSync(place).length > 0) return;
    fs.rmdirSync(place);
  }
}
