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

/** Options that instrumentations of OpenTelemetry had, and what is there instead. */
const RETIRED: Readonly<Record<string, string>> = { ignoreIncomingPaths: 'ignoreIncomingRequestHook', ignoreOutgoingUrls: 'ignoreOutgoingRequestHook' };

/** Options that are gone: the object is refused by its type, and the program ignores them. */
export function findRetiredOptions({ text }: Piece): Found[] {
  if (!/['"]@opentelemetry\/[\w-]*instrumentation/.test(text)) return [];
  return [...text.matchAll(/(?<![\w.])(ignoreIncomingPaths|ignoreOutgoingUrls)\s*:/g)].map((match) => find('retired-option', match.index, (match[1] ?? '').length, `Found the option \`${match[1] ?? ''}\`, which the instrumentation of HTTP has no more: what it names is traced all the same. Write \`${RETIRED[match[1] ?? ''] ?? ''}\`, a function of the request.`));
}

/** A name that the sample does not import although it is shown as a file with imports, and that another sample of the document imports. */
export function findMissingImports(piece: Piece, said: readonly CompilerFinding[], all: readonly Piece[]): Found[] {
  if (fileOf(piece) === undefined || !/^import\s/m.test(piece.text) || /\.{3}\s*$|\/\/\s*(?:\.{3}|…|other|existing|rest)/im.test(piece.text)) return [];
  const others = all.filter((other) => other !== piece && samePage(piece, other));
  // A file may be shown in parts, of which only the first has the imports.
  if (others.some((other) => fileOf(other) === fileOf(piece))) return [];
  const missing = said.filter(({ code }) => code === 'TS2304' || code === 'TS2552').map(({ offset, length }) => {
    const name = piece.text.slice(offset, offset + length);
    const where = others.flatMap(({ text }) => [...text.matchAll(/\bimport\s+(?:type\s+)?\{([^}]*)\}\s*from\s*['"]([^'"]+)['"]/g)]).find(([, names]) => (names ?? '').split(',').some((one) => one.trim() === name));
    return { offset, length, name, where };
  });
  // Where one name is nobody's, more is left out than an import.
  return missing.some(({ where }) => where === undefined) ? [] : missing.flatMap(({ offset, length, name, where }) => {
    return where === undefined ? [] : [find('missing-import', offset, length, `Found \`${name}\`, which this file does not import; elsewhere the document imports it from '${where[2] ?? ''}'. Import it here too.`)];
  });
}
