import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { API, type Diagnostic, type Program, type Project } from 'typescript-native/unstable/async';
import type { FileSystem } from 'typescript-native/unstable/fs';
import { isCallExpression, isExpressionStatement } from 'typescript-native/unstable/ast/is';
import type { CallExpression, Node, SourceFile } from 'typescript-native/unstable/ast';
import { BLOCKS_FOLDER, type CompilerAnswer, type CompilerFinding, type CompilerTask } from './native-compiler.ts';

/** Blocks run by Node's type stripping: what it cannot strip or resolve must not compile either. */
const COMPILER_OPTIONS = {
  target: 'ESNext',
  module: 'NodeNext',
  moduleDetection: 'force',
  lib: ['ESNext', 'ESNext.Disposable'],
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  noFallthroughCasesInSwitch: true,
  noImplicitOverride: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
};
/** What the compiler says of our settings, not of a text. */
class Refusal extends Error {}

// Told to stop, it ends at the next step: closing while the compiler asks for a file makes the answer fail unseen.
const stop = new AbortController();
parentPort?.once('message', () => stop.abort());
// Whoever waits for a compiler that died waits for nothing: the thread shall end then.
parentPort?.unref();
void answerTask(workerData as CompilerTask)
  .catch((cause: unknown): CompilerAnswer => ({ failure: cause instanceof Error ? cause : new Error(String(cause)), isRefusal: cause instanceof Refusal }))
  .then((answer) => parentPort?.postMessage(answer));

async function answerTask({ texts, root }: CompilerTask): Promise<CompilerAnswer> {
  const config = join(root, BLOCKS_FOLDER, 'tsconfig.json');
  const files = new Map([
    [config, JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files: texts.map(({ path }) => join(root, path)) })],
    [join(root, BLOCKS_FOLDER, 'package.json'), '{"type":"module"}'],
    ...texts.map(({ path, text }) => [join(root, path), text] as const),
  ]);
  const api = new API({ cwd: root, fs: virtualFiles(files) });
  try {
    const snapshot = await api.updateSnapshot({ openProjects: [config] });
    const project = snapshot.getProjects()[0];
    if (project === undefined) throw new Error('the compiler opened no project');
    stop.signal.throwIfAborted();
    return { found: await collect(project, root, new Set(texts.map(({ path }) => join(root, path)))) };
  } finally {
    await api.close();
  }
}

/** Texts in memory over the real file system. */
function virtualFiles(files: ReadonlyMap<string, string>): FileSystem {
  const folders = new Set<string>();
  for (const path of files.keys()) {
    for (let folder = dirname(path); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  }
  // undefined: ask the real file system.
  return {
    readFile: (path) => files.get(path),
    fileExists: (path) => (files.has(path) ? true : undefined),
    directoryExists: (path) => (folders.has(path) ? true : undefined),
  };
}

async function collect(project: Project, root: string, ours: ReadonlySet<string>): Promise<CompilerFinding[]> {
  const { program } = project;
  const settings = [...await program.getConfigFileParsingDiagnostics(), ...await program.getProgramDiagnostics(), ...await program.getGlobalDiagnostics()];
  const broken = settings.find(({ fileName }) => fileName === undefined || !ours.has(fileName));
  if (broken !== undefined) throw new Refusal(`TS${broken.code}: ${broken.text}`);
  const inOurs = (found: Diagnostic): boolean => found.fileName !== undefined && ours.has(found.fileName);
  const toFinding = (kind: 'syntax' | 'type') => (found: Diagnostic): CompilerFinding => ({
    path: relativePath(found.fileName ?? '', root),
    kind,
    code: `TS${found.code}`,
    offset: found.pos,
    length: found.end - found.pos,
    message: flatten(found),
  });
  const syntax = (await program.getSyntacticDiagnostics()).filter(inOurs).map(toFinding('syntax'));
  const types = [...settings, ...await program.getSemanticDiagnostics()].filter(inOurs).map(toFinding('type'));
  const unparsed = new Set(syntax.map(({ path }) => path));
  const awaits = await findForgottenAwaits(project, [...ours].filter((path) => !unparsed.has(relativePath(path, root))), root);
  // What cannot be parsed makes type errors that say nothing.
  return [...syntax, ...types.filter(({ path }) => !unparsed.has(path)), ...awaits];
}

function relativePath(path: string, root: string): string {
  return path.slice(root.length + (root.endsWith('/') ? 0 : 1));
}

/** A diagnostic with the sentences that explain it. */
function flatten(found: Diagnostic, depth = 0): string {
  return [found.text, ...(depth < 3 ? (found.messageChain ?? []).map((each) => flatten(each, depth + 1)) : [])].join(' ');
}

/** Calls whose promise nobody awaits, returns, voids or catches: an error in them ends the process, and order is luck. */
async function findForgottenAwaits({ program, checker }: Project, paths: readonly string[], root: string): Promise<CompilerFinding[]> {
  const calls: { readonly path: string; readonly file: SourceFile; readonly call: CallExpression }[] = [];
  for (const path of paths) {
    const file = await readFile(program, path);
    for (const call of file === undefined ? [] : looseCalls(file)) calls.push({ path: relativePath(path, root), file: file as SourceFile, call });
  }
  const types = calls.length === 0 ? [] : await checker.getTypeAtLocation(calls.map(({ call }) => call));
  const names = await Promise.all(types.map(async (type) => (await type?.getSymbol())?.name));
  return calls.filter((_, index) => names[index] === 'Promise').map(({ path, file, call }) => {
    const source = file.text.slice(call.pos, call.end);
    const start = call.pos + source.length - source.trimStart().length;
    const callee = file.text.slice(start, call.expression.end).replace(/\s+/g, ' ');
    return {
      path, kind: 'forgotten-await', code: '', offset: start, length: call.end - start,
      message: `Found a call of ${callee}() whose promise nobody awaits, expected \`await\`: what follows runs before it is done, and its error ends the process. Write \`await\`, or \`void\` where that is meant.`,
    };
  });
}

async function readFile(program: Program, path: string): Promise<SourceFile | undefined> {
  return program.getSourceFile(path);
}

/** Calls that are statements, but for those that handle their own failure. */
function looseCalls(file: SourceFile): CallExpression[] {
  const calls: CallExpression[] = [];
  const visit = (node: Node): void => {
    if (isExpressionStatement(node) && isCallExpression(node.expression)) {
      const callee = file.text.slice(node.expression.expression.pos, node.expression.expression.end);
      const handled = /\.\s*catch$/.test(callee) || (/\.\s*then$/.test(callee) && node.expression.arguments.length > 1);
      if (!handled) calls.push(node.expression);
    }
    node.forEachChild(visit);
  };
  visit(file);
  return calls;
}
