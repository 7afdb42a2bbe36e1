import { existsSync, readdirSync, readFileSync, statSync } from 'fs';
import { extname, join } from 'path';
import { readDocuments } from './documents';

export interface ReadObject {
  readonly file: string;
  readonly object: any;
}

export interface ReadResult {
  readonly read: readonly ReadObject[];
  /** Files in folders that hold something else than Kubernetes objects. */
  readonly skipped: readonly string[];
}

const EXTENSIONS = ['.yaml', '.yml', '.json'];

/**
 * The objects of files and folders, folders with all that is below them, in the order of their names. An error names the file.
 * A file that is named has to hold objects only; one that is found in a folder may be about something else.
 */
export function readPaths(paths: readonly string[]): ReadResult {
  const read: ReadObject[] = [];
  const skipped: string[] = [];
  for (const path of paths) {
    for (const file of filesOf(path)) {
      try {
        const { objects, others } = readDocuments(readFileSync(file, 'utf8'));
        if (others > 0 && file === path) throw new Error('it holds a document that is not a Kubernetes object: it has neither apiVersion nor kind');
        if (others > 0) skipped.push(file);
        for (const object of objects) read.push({ file, object });
      } catch (error) {
        throw new Error(`${file}: ${(error as Error).message}`);
      }
    }
  }
  return { read, skipped };
}

export function filesOf(path: string): string[] {
  if (!existsSync(path)) throw new Error(`${path}: there is no such file or folder`);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap(entry => entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(path, entry.name))) ? filesOf(join(path, entry.name))
      : EXTENSIONS.includes(extname(entry.name).toLowerCase()) ? [join(path, entry.name)] : []);
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
