import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeLearning } from './learning/describe.ts';
import type { LearningEdition } from './learning/model.ts';
import { renderComment } from './learning/schedule-comment.ts';
import { clock, duration, isTooLong, planFormats, type PlannedSession } from './learning/sessions.ts';
import { openEditions } from './plugins/editions.ts';

const HELP = `Usage: npm run schedule [-- --check [--base REF|FOLDER]]

Lists how long each module takes in half a day, a day and three evenings, with breaks, from the minutes of the pages. The site has the
same, page by page, at /schedule/.

  --check      only sessions that do not fit into the time that is booked, as a comment for a pull request (GitHub's Markdown)
  --base REF   only those that this change made longer: compared with a commit or a branch, or with a checkout in a folder

Exit codes: 0 all sessions fit, 1 one does not, 2 the words mean nothing or the base cannot be read.
`;

/** Words on the command line that mean nothing. */
class WordsError extends Error {}

const readCourse = (root: string): readonly LearningEdition[] => describeLearning(openEditions(root));

/** What the outline and the frontmatter of another commit say. Its pages are unpacked for as long as they are read. @throws WordsError for no commit */
function readCommit(root: string, ref: string): readonly LearningEdition[] {
  const git = (...words: string[]): string => execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
  let files: readonly string[];
  try {
    files = git('ls-tree', '-r', '--name-only', '-z', '--end-of-options', ref, 'docs').split('\0').filter((file) => /(?:\.mdx|\/outline\.yml|\/editions\.json)$/.test(file));
  } catch (cause) {
    throw new WordsError(`--base ${ref} is neither a folder with a course nor a commit here. In a shallow clone, fetch it first`, { cause });
  }
  const folder = mkdtempSync(join(tmpdir(), 'course-base-'));
  try {
    const archive = execFileSync('git', ['archive', '--format=tar', ref, '--', ...files], { cwd: root, maxBuffer: 1 << 28 });
    const { status, stderr } = spawnSync('tar', ['-x', '-C', folder], { input: archive });
    if (status !== 0) throw new Error(`tar could not unpack ${ref}: ${stderr.toString().trim()}`);
    return readCourse(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readBase(root: string, base: string): readonly LearningEdition[] {
  const folder = resolve(process.env['INIT_CWD'] ?? '.', base);
  return existsSync(join(folder, 'docs')) && statSync(folder).isDirectory() ? readCourse(folder) : readCommit(root, base);
}

function describeSession(session: PlannedSession): string {
  const spare = session.untilMin - session.endMin;
  return `    ${session.title.padEnd(10)} ${clock(session.fromMin)} to ${clock(session.endMin)}, ${isTooLong(session) ? `${duration(-spare)} longer than booked` : `${duration(spare)} to spare`}\n`;
}

function list(editions: readonly LearningEdition[]): string {
  const taught = (module: LearningEdition['modules'][number]): boolean => module.pages.some(({ minutes }) => minutes > 0);
  return editions.flatMap(({ title, modules }) => modules.filter(taught).map((module) => `${title}, ${module.title}\n${planFormats(module).map(({ format, sessions }) => `  ${format.title}\n${sessions.map(describeSession).join('')}`).join('')}`)).join('\n');
}

/** @returns the exit code */
function main(root: string, words: readonly string[]): number {
  const { values } = parseArgs({ args: [...words], options: { check: { type: 'boolean' }, base: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  if (values.base !== undefined && values.check !== true) throw new WordsError('--base belongs to --check');
  if (values.help === true) return write(HELP);
  const now = readCourse(root);
  if (values.check !== true) return write(list(now)) + Number(now.some(({ modules }) => modules.some((module) => planFormats(module).some(({ sessions }) => sessions.some(isTooLong)))));
  const comment = renderComment(now, values.base === undefined ? undefined : readBase(root, values.base));
  if (comment === undefined) return 0;
  write(comment);
  return 1;
}

function write(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

try {
  process.exitCode = main(process.env['COURSE_ROOT'] ?? resolve(import.meta.dirname, '..'), process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof WordsError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true;
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n${isUsage ? 'See npm run schedule -- --help\n' : ''}`);
  process.exitCode = 2;
}
