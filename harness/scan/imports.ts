import { basename, dirname, join } from 'node:path/posix';
import type { CompilerFinding } from '../checkers/support/native-compiler.ts';
import type { Found, Piece } from './model.ts';
import { find } from './rules.ts';

/** The file that a sample is shown as; undefined for a part of nobody knows what. */
export function fileOf({ sample }: Piece): string | undefined {
  return sample.block.title !== undefined && /\.tsx?$/.test(sample.block.title) ? sample.block.title : undefined;
}

const samePage = (one: Piece, other: Piece): boolean => one.sample.block.page === other.sample.block.page;

/** `'../metrics/metrics.service'` in `common/interceptors/…`, where the document has a file `metrics/metrics.service.ts`: one folder short. */
export function findWrongPaths(piece: Piece, all: readonly Piece[]): Found[] {
  const own = fileOf(piece);
  if (own === undefined || !own.includes('/')) return [];
  const shown = all.filter((other) => other !== piece && samePage(piece, other)).flatMap((other) => fileOf(other)?.replace(/\.tsx?$/, '') ?? []);
  return [...piece.text.matchAll(/\bfrom\s+(['"])(\.{1,2}\/[^'"]+)\1/g)].flatMap((match) => {
    const path = match[2] ?? '';
    const target = join(dirname(own), path).replace(/\.[jt]s$/, '');
    const meant = shown.filter((file) => basename(file) === basename(target) && file.includes('/') && target.endsWith(`/${file}`));
    // Two of that name: nobody knows which is meant. What is not shown may lie anywhere.
    if (shown.includes(target) || meant.length !== 1) return [];
    return [find('wrong-path', match.index + match[0].indexOf(path), path.length, `Found an import that leads to ${target}.ts, expected ${meant[0] ?? ''}.ts, as the document calls that file. Correct the path.`)];
  });
}

/** A name that the sample does not import although it is shown as a file with imports, and that another sample of the document imports. */
export function findMissingImports(piece: Piece, said: readonly CompilerFinding[], all: readonly Piece[]): Found[] {
  if (fileOf(piece) === undefined || !/^import\s/m.test(piece.text) || /\.{3}\s*$|\/\/\s*(?:\.{3}|…|other|existing|rest)/im.test(piece.text)) return [];
  const others = all.filter((other) => other !== piece && samePage(piece, other));
  return said.filter(({ code }) => code === 'TS2304' || code === 'TS2552').flatMap(({ offset, length }) => {
    const name = piece.text.slice(offset, offset + length);
    const where = others.flatMap(({ text }) => [...text.matchAll(/\bimport\s+(?:type\s+)?\{([^}]*)\}\s*from\s*['"]([^'"]+)['"]/g)]).find(([, names]) => (names ?? '').split(',').some((one) => one.trim() === name));
    return where === undefined ? [] : [find('missing-import', offset, length, `Found \`${name}\`, which this file does not import; elsewhere the document imports it from '${where[2] ?? ''}'. Import it here too.`)];
  });
}
