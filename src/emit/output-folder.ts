/**
 * Puts sets of files into their folders as if in one step, and takes away what earlier sets left behind.
 *
 * Laws:
 * - All text is on disk before the first file of any folder changes; if that fails, the folders stay as they were.
 * - Only files that our own list names, and that are no longer written, are removed. The list is a file of the folder that
 *   `kubectl apply -f`, Argo CD and Flux pass over: it is neither YAML nor JSON.
 * - An entry of the list that leads out of the folder is not followed.
 */
import * as fs from 'fs';
import * as path from 'path';

/** The list of files that the last synth wrote, one path a line. */
export const FILE_LIST = '.secure-network-files';

const HEADER = '# Written at synth. The next synth removes the files named here that it no longer writes.';

/** The text of files by their path under a folder, with `/` between folders. */
export type FileSet = ReadonlyMap<string, string>;

/** Writes `files` into a folder and removes what the last call wrote and this one does not. */
export function writeFolder(folder: string, files: FileSet): void {
  writeFolders(new Map([[folder, files]]));
}

/** Writes several folders as one: the first file of any of them changes when the text of all is on disk. A folder with nothing to hold is not made. */
export function writeFolders(folders: ReadonlyMap<string, FileSet>): void {
  const wanted = [...folders].filter(([folder, files]) => files.size > 0 || fs.existsSync(path.join(folder, FILE_LIST)));
  const stages: Stage[] = [];
  try {
    for (const [folder, files] of wanted) stages.push(stage(folder, files));
    for (const { staging, staged, earlier } of stages) {
      new Set(staged.map(({ to }) => path.dirname(to))).forEach(parent => fs.mkdirSync(parent, { recursive: true }));
      // Named before they are written: whatever happens from here on, the next synth knows them.
      fs.writeFileSync(path.join(staging, 'list'), listOf([...earlier, ...staged.map(({ file }) => file)]));
    }
    for (const { folder, staging, staged } of stages) {
      fs.renameSync(path.join(staging, 'list'), path.join(folder, FILE_LIST));
      staged.forEach(({ from, to }) => fs.renameSync(from, to));
    }
  } finally {
    for (const { staging } of stages) fs.rmSync(staging, { recursive: true, force: true });
  }
  for (const { folder, staged, earlier } of stages) {
    const now = new Set(staged.map(({ file }) => file));
    earlier.filter(file => !now.has(file)).forEach(file => remove(folder, file));
    fs.writeFileSync(path.join(folder, FILE_LIST), listOf([...now]));
  }
}

interface Stage {
  readonly folder: string;
  readonly staging: string;
  readonly staged: readonly { readonly file: string; readonly from: string; readonly to: string }[];
  /** What the last call wrote. */
  readonly earlier: readonly string[];
}

function stage(folder: string, files: FileSet): Stage {
  fs.mkdirSync(folder, { recursive: true });
  const earlier = readList(folder);
  const now = [...files.keys()].sort();
  refuseMismatch(folder, now);
  const staging = fs.mkdtempSync(path.join(folder, '.secure-network-'));
  const staged = now.map((file, index) => ({ file, from: path.join(staging, String(index)), to: path.join(folder, file) }));
  try {
    for (const { file, from } of staged) fs.writeFileSync(from, files.get(file)!);
  } catch (error) {
    fs.rmSync(staging, { recursive: true, force: true });
    throw error;
  }
  return { folder, staging, staged, earlier };
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
