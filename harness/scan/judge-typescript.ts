import { basename, dirname, join } from 'node:path/posix';
import { BLOCKS_FOLDER, compile, type CompilerFinding } from '../checkers/support/native-compiler.ts';
import { excuse } from './excuses.ts';
import type { Found, Judge, Outcome, Piece, ScanContext } from './model.ts';
import { find } from './rules.ts';

/** What a package says of itself, whatever else of the sample is known: it has no such name, or the name is a type only. */
const CERTAIN = new Set(['TS2305', 'TS2614', 'TS2724', 'TS2693']);
/** As many samples as are compiled at once: one that nobody can read must not take long for all. */
const MOST = 400;

/** TypeScript: its syntax in what is shown as a file, names that installed packages do not have, and imports that lead past the document's own files. */
export const judgeTypescript: Judge = async (pieces, context) => {
  const files = pieces.slice(0, MOST).map((piece, index) => ({ piece, path: `${BLOCKS_FOLDER}/scan/${index}.ts` }));
  const said = await compileAll(files, context);
  const byPath = Map.groupBy(said ?? [], ({ path }) => path);
  return new Map(pieces.map((piece, index): [Piece, Outcome] => {
    const path = files[index]?.path;
    if (said === undefined || path === undefined) return [piece, { kind: 'unknown', reason: 'the compiler was not asked' }];
    return [piece, judgeOne(piece, byPath.get(path) ?? [], pieces)];
  }));
};

async function compileAll(files: readonly { readonly piece: Piece; readonly path: string }[], context: ScanContext): Promise<CompilerFinding[] | undefined> {
  if (files.length === 0) return [];
  try {
    return await compile(files.map(({ piece, path }) => ({ path, text: piece.text })), context.root, context.signal);
  } catch (error) {
    context.signal.throwIfAborted();
    context.onBroken(error as Error);
    return undefined;
  }
}

function judgeOne(piece: Piece, said: readonly CompilerFinding[], all: readonly Piece[]): Outcome {
  const paths = findWrongPaths(piece, all);
  const imports = findMissingImports(piece, said, all);
  const certain = said.filter(({ code }) => CERTAIN.has(code)).map((one): Found => ({ rule: 'typescript/type-error', level: 'error', offset: one.offset, length: one.length, message: `${one.code}: ${one.message}${one.code === 'TS2693' ? ' See what replaced it in the version of today.' : ''}` }));
  const found = [...paths, ...imports, ...certain];
  const doubt = excuse({ ...piece, text: '' });
  if (found.length > 0) return doubt === undefined ? { kind: 'failed', depth: 'checked', found } : { kind: 'unknown', reason: doubt };
  const broken = said.find(({ kind }) => kind === 'syntax');
  if (broken !== undefined) return judgeSyntax(piece, broken);
  const unresolved = said.find(({ code }) => code === 'TS2307' || code === 'TS2792');
  if (unresolved !== undefined) return { kind: 'unknown', reason: `it imports what is not here: ${/'([^']+)'/.exec(unresolved.message)?.[1] ?? 'a package'}` };
  const unnamed = said.find(({ code }) => ['TS2304', 'TS2552', 'TS2503', 'TS2580', 'TS2582', 'TS18004'].includes(code));
  if (unnamed !== undefined) return { kind: 'unknown', reason: `it uses what other code defines: ${piece.text.slice(unnamed.offset, unnamed.offset + unnamed.length)}` };
  return said.length === 0 ? { kind: 'passed', depth: 'checked' } : { kind: 'unknown', reason: `under this course's strict settings the compiler has something to say (${said[0]?.code ?? ''}), under others it may not` };
}

function judgeSyntax(piece: Piece, broken: CompilerFinding): Outcome {
  const doubt = excuse(piece) ?? (/^import\s[^\n]*from/m.test(piece.text) && /^(?:export|const|function|class|async|let)\b/m.test(piece.text) && !/<\/?[A-Z]\w*/.test(piece.text) ? undefined : 'it is a part of a program');
  if (doubt !== undefined) return { kind: 'unknown', reason: `it is not TypeScript as it stands, which need not be wrong: ${doubt}` };
  return { kind: 'failed', depth: 'parsed', found: [{ rule: 'typescript/syntax-error', level: 'error', offset: broken.offset, length: broken.length, message: `${broken.code}: ${broken.message} Correct it here or directly before.` }] };
}

const fileOf = ({ sample }: Piece): string | undefined => (sample.block.title !== undefined && /\.tsx?$/.test(sample.block.title) ? sample.block.title : undefined);
const samePage = (one: Piece, other: Piece): boolean => one.sample.block.page === other.sample.block.page;

/** `'../metrics/metrics.service'` in `common/interceptors/…`, where the document has a file `metrics/metrics.service.ts`: one folder short. */
function findWrongPaths(piece: Piece, all: readonly Piece[]): Found[] {
  const own = fileOf(piece);
  if (own === undefined) return [];
  const files = all.filter((other) => other !== piece && samePage(piece, other)).flatMap((other) => fileOf(other) ?? []);
  return [...piece.text.matchAll(/\bfrom\s+(['"])(\.{1,2}\/[^'"]+)\1/g)].flatMap((match) => {
    const path = match[2] ?? '';
    const target = join(dirname(own), path).replace(/\.[jt]s$/, '');
    const shown = files.map((file) => file.replace(/\.tsx?$/, ''));
    const meant = shown.filter((file) => basename(file) === basename(target) && file.includes('/'));
    // Two of that name: nobody knows which is meant, and what is not shown may lie anywhere.
    if (shown.includes(target) || meant.length !== 1 || !own.includes('/') || target.endsWith(`/${meant[0] ?? ''}`) === false) return [];
    return [find('wrong-path', match.index + match[0].indexOf(path), path.length, `Found an import that leads to ${target}.ts, expected ${meant[0] ?? ''}.ts, as the document calls that file. Correct the path.`)];
  });
}

/** A name that the sample does not import although it is shown as a file with imports, and that another sample of the document imports. */
function findMissingImports(piece: Piece, said: readonly CompilerFinding[], all: readonly Piece[]): Found[] {
  if (fileOf(piece) === undefined || !/^import\s/m.test(piece.text) || /\.{3}\s*$|\/\/\s*(?:\.{3}|…|other|existing|rest)/im.test(piece.text)) return [];
  const others = all.filter((other) => other !== piece && samePage(piece, other));
  return said.filter(({ code }) => code === 'TS2304' || code === 'TS2552').flatMap(({ offset, length }) => {
    const name = piece.text.slice(offset, offset + length);
    const where = others.flatMap(({ text }) => [...text.matchAll(/\bimport\s+(?:type\s+)?\{([^}]*)\}\s*from\s*['"]([^'"]+)['"]/g)]).find(([, names]) => (names ?? '').split(',').some((one) => one.trim() === name));
    return where === undefined ? [] : [find('missing-import', offset, length, `Found \`${name}\`, which this file does not import; elsewhere the document imports it from '${where[2] ?? ''}'. Import it here too.`)];
  });
}
