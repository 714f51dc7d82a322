import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { startChild } from '../bench/child.ts';

/** A copy of the repository in which a run may write: the checkout stays as it is. */
export interface CourseCopy extends Disposable {
  readonly root: string;
  /** For the run's temporary files: whatever is left in it was left by a run. */
  readonly temporary: string;
  /** What is stored, file → SHA-256 of its bytes. */
  answers(): ReadonlyMap<string, string>;
}
export interface Run {
  /** Null after a signal that it did not hear. */
  readonly code: number | null;
  readonly pid: number;
  readonly said: string;
  /** Block → verdict and the rules it breaks; `errors` → those of no block. Undefined: no report was written. */
  readonly verdicts: ReadonlyMap<string, string> | undefined;
  readonly wallMs: number;
}
export interface RunSetting {
  readonly pages: readonly string[];
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly signal: AbortSignal;
  readonly onStart?: (pid: number) => void;
}

/** Made by others, or by the run itself. */
const NOT_COPIED: ReadonlySet<string> = new Set(['node_modules', '.git', '.cache', '.astro', 'dist']);
/** Those of the course, and of each edition in a folder of its own. */
const ANSWERS = /^(?:editions[/\\][^/\\]+[/\\]docs[/\\])?transcripts[/\\]/;

/** @param name part of the folder's name: its length differs from copy to copy on purpose */
export function copyCourse(repository: string, name: string): CourseCopy {
  const folder = mkdtempSync(join(tmpdir(), `soak-${name}-`));
  const [root, temporary] = [join(folder, 'course'), join(folder, 'temporary')];
  for (const made of [root, temporary]) mkdirSync(made);
  for (const entry of readdirSync(repository)) if (!NOT_COPIED.has(entry)) cpSync(join(repository, entry), join(root, entry), { recursive: true, verbatimSymlinks: true });
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  return { root, temporary, answers: () => hashAnswers(join(root, 'docs')), [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

function hashAnswers(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => ANSWERS.test(relative(folder, file))).sort();
  return new Map(files.map((file) => [relative(folder, file), createHash('sha256').update(readFileSync(file)).digest('hex')]));
}

/** `verify --no-cache --update`: everything is run, and every answer stored anew where it differs. */
export async function runVerify({ root, temporary }: CourseCopy, { pages, env, signal, onStart }: RunSetting): Promise<Run> {
  const report = join(root, 'soak-report.json');
  rmSync(report, { force: true });
  const began = performance.now();
  const child = startChild(process.execPath, ['harness/main.ts', 'verify', '--no-cache', '--update', '--report', 'json=soak-report.json', '--report', 'terminal', ...pages], { cwd: root, env: { ...env, INIT_CWD: root, TMPDIR: temporary }, signal });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-4_000); });
  if (child.pid !== undefined) onStart?.(child.pid);
  // Not its output's end: what a killed run left may hold that open.
  const code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('exit', done));
  for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  const verdicts = existsSync(report) ? readVerdicts(readFileSync(report, 'utf8')) : undefined;
  rmSync(report, { force: true });
  return { code, said, verdicts, pid: child.pid ?? 0, wallMs: performance.now() - began };
}

interface Json {
  readonly blocks: readonly { readonly id: string; readonly verdict: string; readonly depth?: string; readonly diagnostics: readonly { readonly ruleId: string; readonly message: string }[]; readonly error?: { readonly message: string } }[];
  readonly pageDiagnostics: readonly { readonly ruleId: string; readonly file: string; readonly line: number; readonly message: string }[];
  readonly errors: readonly { readonly message: string }[];
}

function readVerdicts(text: string): Map<string, string> {
  const { blocks, pageDiagnostics, errors } = JSON.parse(text) as Json;
  const about = (found: readonly { readonly ruleId: string; readonly message: string }[]): string => found.map(({ ruleId, message }) => ` ${ruleId} ${message}`).join('');
  return new Map([
    ...blocks.map(({ id, verdict, depth = '', diagnostics, error }): [string, string] => [id, `${verdict} ${depth}${about(diagnostics)}${error === undefined ? '' : ` ${error.message}`}`]),
    ...pageDiagnostics.map((one, index): [string, string] => [`${one.file}:${one.line} (${index})`, about([one])]),
    ...errors.map(({ message }, index): [string, string] => [`error ${index}`, message]),
  ]);
}

/** What differs between two runs, a line each. @param of what the maps are of, in words */
export function differences(of: string, first: ReadonlyMap<string, string> | undefined, other: ReadonlyMap<string, string> | undefined): string[] {
  if (first === undefined || other === undefined) return first === other ? [] : [`${of}: one run has none`];
  const names = [...new Set([...first.keys(), ...other.keys()])].sort();
  return names.filter((name) => first.get(name) !== other.get(name)).map((name) => `${of} of ${name}: ${first.get(name) ?? 'none'} → ${other.get(name) ?? 'none'}`);
}
