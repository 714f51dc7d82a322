import { builtinModules, createRequire } from 'node:module';
import { BLOCKS_FOLDER, compile, type CompilerFinding } from '../checkers/support/native-compiler.ts';
import { excuse } from './excuses.ts';
import { findMissingImports, findRetiredOptions, findWrongPaths, fileOf } from './imports.ts';
import { throwIfInterrupted } from '../model/interruption.ts';
import type { Found, Judge, Outcome, Piece, ScanContext } from './model.ts';

/** Imported, the compiler is read twice: Node looks through its nine megabytes for what kind of module it is. */
const require = createRequire(import.meta.url);
/** What a package says of itself, whatever else of the sample is known: it has no such name, or the name is a type only. */
const CERTAIN = new Set(['TS2305', 'TS2614', 'TS2724', 'TS2693']);
/** Packages that the course keeps at the version of today. Of others that lie here, nobody chose the version. */
const KEPT = /^(?:@opentelemetry\/|prom-client$|pino$)/;

/** TypeScript: its syntax in what is shown as a file, names that packages of the course do not have, and imports that lead past the document's own files. */
export const judgeTypescript: Judge = async (pieces, context) => {
  // Only where its syntax can be held against it: loading the compiler for the rest would say nothing.
  const suspects = pieces.filter((piece) => isFileLike(piece.text));
  const typescript = suspects.length === 0 ? undefined : require('typescript') as typeof import('typescript');
  const broken = new Map(suspects.map((piece) => [piece, typescript === undefined ? undefined : findSyntax(typescript, piece.text)]));
  const files = pieces.filter((piece) => broken.get(piece) === undefined && isWorthCompiling(piece)).map((piece, index) => ({ piece, path: `${BLOCKS_FOLDER}/scan/${index}.ts` }));
  const said = await compileAll(files, context);
  const byPiece = new Map(files.map(({ piece, path }) => [piece, said?.filter((one) => one.path === path)]));
  return new Map(pieces.map((piece): [Piece, Outcome] => {
    const syntax = broken.get(piece);
    return [piece, syntax === undefined ? judgeOne(piece, byPiece.get(piece), pieces) : judgeSyntax(piece, syntax)];
  }));
};

interface Syntax {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
}

/** The parser alone. What it found it keeps in a property that its types do not show; the public way to it checks types too, which takes a hundred times as long. */
function findSyntax(typescript: typeof import('typescript'), text: string): Syntax | undefined {
  const file = typescript.createSourceFile('sample.ts', text, typescript.ScriptTarget.ESNext) as { readonly parseDiagnostics?: readonly { readonly start: number; readonly length: number; readonly code: number; readonly messageText: string | object }[] };
  const first = file.parseDiagnostics?.[0];
  return first === undefined ? undefined : { offset: first.start, length: first.length, message: `TS${first.code}: ${typeof first.messageText === 'string' ? first.messageText : 'the code does not parse.'}` };
}

function importsOf({ text }: Piece): string[] {
  return [...text.matchAll(/\b(?:from|import|require\()\s*(['"])([^'"\n]+)\1/g)].map(([, , name]) => name ?? '');
}

/** What imports only what is not here says nothing when compiled, and takes longest. */
function isWorthCompiling(piece: Piece): boolean {
  const imports = importsOf(piece);
  return imports.some((name) => KEPT.test(name)) || imports.every(isBuiltin) || (fileOf(piece) !== undefined && imports.length > 0);
}

const isBuiltin = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name);

async function compileAll(files: readonly { readonly piece: Piece; readonly path: string }[], context: ScanContext): Promise<readonly CompilerFinding[] | undefined> {
  if (files.length === 0) return [];
  try {
    return await compile(files.map(({ piece, path }) => ({ path, text: piece.text })), context.root, context.signal);
  } catch (error) {
    await throwIfInterrupted(context.signal);
    context.onBroken(error as Error);
    return undefined;
  }
}

/** @param said by the compiler; undefined: it was not asked */
function judgeOne(piece: Piece, said: readonly CompilerFinding[] | undefined, all: readonly Piece[]): Outcome {
  const certain = (said ?? []).filter((one) => isCertain(one, piece)).map((one): Found => ({ rule: 'typescript/type-error', level: 'error', offset: one.offset, length: one.length, message: `${one.code}: ${one.message}${one.code === 'TS2693' ? ' See what replaced it in the version of today.' : ''}` }));
  const found = [...findWrongPaths(piece, all), ...findRetiredOptions(piece), ...findMissingImports(piece, said ?? [], all), ...certain];
  if (found.length > 0) {
    const doubt = excuse({ ...piece, text: '' });
    return doubt === undefined ? { kind: 'failed', depth: 'checked', found } : { kind: 'unknown', reason: doubt };
  }
  const strange = importsOf(piece).find((name) => !isBuiltin(name) && !KEPT.test(name));
  if (strange !== undefined) return { kind: 'unknown', reason: `it imports what is not known here: ${strange}` };
  if (said?.some(({ kind }) => kind === 'syntax') === true) return { kind: 'unknown', reason: 'it is a part of a program' };
  const unnamed = said?.find(({ code }) => ['TS2304', 'TS2552', 'TS2503', 'TS2580', 'TS2582', 'TS2307', 'TS18004'].includes(code));
  if (unnamed !== undefined) return { kind: 'unknown', reason: `it uses what other code defines: ${piece.text.slice(unnamed.offset, unnamed.offset + unnamed.length)}` };
  if (said?.length === 0) return { kind: 'passed', depth: 'checked' };
  return { kind: 'unknown', reason: said === undefined ? 'the compiler could not be asked' : `under the strict settings of the course the compiler has something to say (${said[0]?.code ?? ''}), under others it may not` };
}

/** Said of a name that comes from a package of which we know the version. */
function isCertain({ code, message, offset, length }: CompilerFinding, { text }: Piece): boolean {
  if (!CERTAIN.has(code)) return false;
  const named = /Module '"([^"]+)"'/.exec(message)?.[1];
  if (named !== undefined) return KEPT.test(named);
  const name = text.slice(offset, offset + length);
  return [...text.matchAll(/\bimport\s*\{([^}]*)\}\s*from\s*['"]([^'"]+)['"]/g)].some(([, names, from]) => KEPT.test(from ?? '') && (names ?? '').split(',').some((one) => one.trim() === name));
}

/** It imports and defines, as files do, and has no JSX. */
function isFileLike(text: string): boolean {
  return /^import\s[^\n]*from/m.test(text) && /^(?:export|const|function|class|async|let)\b/m.test(text) && !/<\/?[A-Za-z][\w.]*[\s/>]/.test(text);
}

function judgeSyntax(piece: Piece, { offset, length, message }: Syntax): Outcome {
  const doubt = excuse(piece);
  if (doubt !== undefined) return { kind: 'unknown', reason: `it is not TypeScript as it stands, which need not be wrong: ${doubt}` };
  return { kind: 'failed', depth: 'parsed', found: [{ rule: 'typescript/syntax-error', level: 'error', offset, length, message: `${message} Correct it here or directly before.` }] };
}
