import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import type { TreeFile } from './protocol.ts';

/** Where blocks run, and where their text without types lies. */
export interface Tree {
  readonly root: string;
  readonly stripped: string;
}

/**
 * Writes the files, and beside them the TypeScript ones without their types (blanks instead, so that positions stay).
 * What cannot be stripped is left out: Node then says itself what is wrong with it.
 * @param base a writable folder; `modules` is the folder of the packages that blocks may import
 */
export function writeTree(base: string, modules: string, files: readonly TreeFile[]): Tree {
  const tree = { root: join(base, 'course'), stripped: join(base, 'stripped') };
  for (const folder of [tree.root, tree.stripped]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  symlinkSync(modules, join(tree.root, 'node_modules'));
  writeFileSync(join(tree.root, 'package.json'), '{"type":"module"}\n');
  for (const file of files) {
    writeFile(join(tree.root, file.path), file.text);
    if (!file.path.endsWith('.ts')) continue;
    const text = strip(file.text);
    if (text !== undefined) writeFile(join(tree.stripped, file.path), text);
  }
  return tree;
}

function strip(text: string): string | undefined {
  try {
    return stripTypeScriptTypes(text, { mode: 'strip' });
  } catch {
    return undefined;
  }
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
