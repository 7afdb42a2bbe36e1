import { existsSync, readdirSync, readFileSync, statSync } from 'fs';
import { extname, join } from 'path';
import { readDocuments } from './documents';

export interface ReadObject {
  readonly file: string;
  readonly object: any;
}

const EXTENSIONS = ['.yaml', '.yml', '.json'];

/** The objects of files and folders, folders with all that is below them, in the order of their names. An error names the file. */
export function readPaths(paths: readonly string[]): ReadObject[] {
  return paths.flatMap(filesOf).flatMap(file => {
    try {
      return readDocuments(readFileSync(file, 'utf8')).map(object => ({ file, object }));
    } catch (error) {
      throw new Error(`${file}: ${(error as Error).message}`);
    }
  });
}

function filesOf(path: string): string[] {
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
