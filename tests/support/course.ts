import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const repository = resolve(import.meta.dirname, '../..');
/** What a course shares with ours; pages and transcripts are its own. */
const SHARED = ['harness', 'diagrams', 'node_modules', 'package.json', 'package-lock.json', 'docs/glossary.yml', 'docs/curriculum.yml'];
/** Runbooks that rules of small courses name, as ours do: published beside the pages, so that a course has only those pages that it is given. */
const RUNBOOKS = readdirSync(join(repository, 'docs/content/docs/runbooks')).map((name) => name.replace(/\.mdx$/, ''));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly onSpawn?: (pid: number) => void;
  readonly program?: 'main.ts' | 'mutate.ts';
  /** Hears standard error as it comes. */
  readonly onStderr?: (text: string, pid: number) => void;
}
/** A course of a few pages in a folder of its own, run with our harness as a user would run it. */
export interface SmallCourse extends Disposable {
  readonly root: string;
  write(file: string, text: string): void;
  /** `node harness/main.ts …args`, or another program of the harness, without a terminal. `onSpawn` may end it by its process id. */
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
}

export function makeCourse(pages: Readonly<Record<string, string>>): SmallCourse {
  const root = mkdtempSync(join(tmpdir(), 'small-course-'));
  for (const path of SHARED) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(join(repository, path), join(root, path));
  }
  copySnippets(root);
  writeFileSync(join(root, 'docs/editions.json'), onlyCurrentEdition());
  for (const name of RUNBOOKS) mkdirSync(join(root, 'docs/public/runbooks', name), { recursive: true });
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  for (const [id, text] of Object.entries(pages)) write(`docs/content/docs/${id}.mdx`, text);
  return {
    root,
    write,
    run: (args, options = {}) => runMain(root, args, options),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A small course has no edition but the current one. */
export function onlyCurrentEdition(): string {
  const { current, editions } = JSON.parse(readFileSync(join(repository, 'docs/editions.json'), 'utf8')) as { readonly current: string; readonly editions: Readonly<Record<string, unknown>> };
  return JSON.stringify({ current, editions: { [current]: editions[current] } });
}

/** Snippets of its own. Incidents are only what is simulated: what ours expect of themselves is no page of a small course. */
export function copySnippets(root: string): void {
  cpSync(join(repository, 'snippets'), join(root, 'snippets'), { recursive: true });
  for (const name of readdirSync(join(root, 'snippets/incidents')).filter((file) => file.endsWith('.yaml'))) {
    const file = join(root, 'snippets/incidents', name);
    const text = readFileSync(file, 'utf8');
    // The last key of every file.
    const at = text.indexOf('\nexpectations:');
    if (at >= 0) writeFileSync(file, text.slice(0, at + 1));
  }
}

/** A copy with real folders instead of links: what a clone elsewhere is. */
export function copyCourse(course: SmallCourse): SmallCourse {
  const copy = makeCourse({});
  cpSync(join(course.root, 'docs/content'), join(copy.root, 'docs/content'), { recursive: true });
  return copy;
}

function runMain(root: string, args: readonly string[], { env, onSpawn, onStderr, program = 'main.ts' }: RunOptions): Promise<Finished> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(repository, 'harness', program), ...args], {
      cwd: root, env: { ...process.env, COURSE_ROOT: root, INIT_CWD: root, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => { stdout += chunk; });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
      if (child.pid !== undefined) onStderr?.(stderr, child.pid);
    });
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
    if (child.pid !== undefined) onSpawn?.(child.pid);
  });
}
