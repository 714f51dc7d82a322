import { cpSync, existsSync, readdirSync, readFileSync, rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleProof } from '../../docs/rule-pages/proof.ts';
import type { ExampleFile } from '../../docs/rule-pages/rule-text.ts';
import type { Transcript, TranscriptLock } from '../../harness/model/transcript.ts';
import { makeCourse, repository, type SmallCourse } from '../support/course.ts';

export interface Said {
  readonly ruleId: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
}
interface BlockReport {
  readonly id: string;
  readonly page: string;
  readonly verdict: string;
  readonly error?: unknown;
  readonly diagnostics: readonly Said[];
}
/** What one run said about one page, by the page's id. */
export interface PageResult {
  readonly verdicts: readonly string[];
  readonly said: readonly Said[];
  /** As the terminal prints it, the page called `lesson`; empty when nothing was said. */
  readonly printed: string;
  readonly answers: RuleProof['answers'];
}

/** A small course in which files may be added beside the shared snippets. */
export function makeExampleCourse(pages: Readonly<Record<string, string>>): SmallCourse {
  return makeCourse(pages);
}

/** Writes the other files of an example, in which the page is called `lesson`. */
export function writeFiles(course: SmallCourse, page: string, files: readonly ExampleFile[]): void {
  for (const { file, source } of files) if (file !== undefined) course.write(file.replace('docs/transcripts/lesson/', `docs/transcripts/${page}/`), source);
}

/** A page as it was when its answers were stored, and what became of it. */
export interface StoredExample {
  readonly page: string;
  readonly before: string;
  readonly failing: string;
  readonly files: readonly ExampleFile[];
}

/** Answers are stored for each page as it was; then the page or a stored answer changes, and nothing is updated. */
export async function proveStored(examples: readonly StoredExample[]): Promise<ReadonlyMap<string, PageResult>> {
  if (examples.length === 0) return new Map();
  using course = makeExampleCourse(Object.fromEntries(examples.map(({ page, before }) => [page, before])));
  await runCourse(course, ['verify', '--update']);
  for (const { page, failing, files } of examples) {
    course.write(`docs/content/docs/${page}.mdx`, failing);
    writeFiles(course, page, files);
  }
  return await runCourse(course, ['verify']);
}

/** One run over all pages of a course. @throws Error when something of ours broke */
export async function runCourse(course: SmallCourse, args: readonly string[]): Promise<ReadonlyMap<string, PageResult>> {
  const { code, stderr } = await course.run([...args, '--no-cache', '--report', 'json=report.json', '--report', 'terminal=report.txt']);
  if (!existsSync(join(course.root, 'report.json'))) throw new Error(`exit code ${code}, and no report: ${stderr.slice(-2000)}`);
  const read = (file: string): string => readFileSync(join(course.root, file), 'utf8');
  const report = JSON.parse(read('report.json')) as { blocks: BlockReport[]; pageDiagnostics: Said[]; errors: unknown[] };
  const broken = [...report.errors, ...report.blocks.flatMap(({ id, error }) => (error === undefined ? [] : [{ id, error }]))];
  if (code !== 0 && code !== 1) throw new Error(`exit code ${code}: ${JSON.stringify(broken, undefined, 1)}\n${stderr.slice(-2000)}`);
  const printed = splitByPage(read('report.txt'));
  rmSync(join(course.root, 'report.json'));
  const ids = new Set(readdirSync(join(course.root, 'docs/content/docs'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mdx')).map((name) => name.slice(0, -4)));
  return new Map([...ids].map((id) => {
    const blocks = report.blocks.filter(({ page }) => page === id);
    const said = [...report.pageDiagnostics.filter(({ file }) => belongs(file, id)), ...blocks.flatMap(({ diagnostics }) => diagnostics)];
    const text = [...printed].filter(([file]) => belongs(file, id)).map(([, lines]) => lines).join('\n\n');
    return [id, { verdicts: blocks.map(({ verdict }) => verdict), said, printed: text.replaceAll(id, 'lesson'), answers: readAnswers(course.root, id) }];
  }));
}

/** A page, its folder of answers, and the lock that all answers share. */
function belongs(file: string, id: string): boolean {
  return file === `docs/content/docs/${id}.mdx` || file.startsWith(`docs/transcripts/${id}/`) || file === 'docs/transcripts/lock.json';
}

/** The terminal report without what is not about a page: a title at the margin, what was said indented below. */
function splitByPage(text: string): ReadonlyMap<string, string> {
  const sections = text.split(/^(?=\S)/m).map((section) => [section.split('\n', 1)[0] ?? '', section.split('\n').slice(1).map((line) => line.replace(/^ {2}/, '')).join('\n').replace(/\n\npage +blocks [^]*$/, '').trimEnd()] as const);
  return new Map(sections.filter(([title]) => title.startsWith('docs/')));
}

function readAnswers(root: string, page: string): RuleProof['answers'] {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(root, 'docs/transcripts', file), 'utf8'));
  const files = tryList(join(root, 'docs/transcripts', page));
  return files.filter((file) => file.endsWith('.json')).sort().flatMap((file) => {
    try {
      const { dataset, backends, output, uses } = read(`${page}/${file}`) as Transcript;
      const { datasets } = read('lock.json') as TranscriptLock;
      return [{ name: file.slice(0, -5), transcript: { dataset, backends, output, uses }, clock: dataset === undefined ? undefined : datasets[dataset] }];
    } catch {
      // A stored answer that is broken on purpose.
      return [];
    }
  });
}

function tryList(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
