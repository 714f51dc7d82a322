import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MUTATIONS_FILE, type PublishedMutations } from './model/mutations.ts';
import type { MutateOptions } from './mutate-course.ts';
import { listenForInterrupt } from './interrupt.ts';
import { selectPages, UsageError } from './pages.ts';
import { suggestWord } from './parse/index.ts';

/** The repository. Tests point it at a small course of their own. */
const root = process.env['COURSE_ROOT'] ?? resolve(dirname(fileURLToPath(import.meta.url)), '..');

const HELP = `Usage: npm run mutate -- [page…] [options]

Makes one mistake at a time in the blocks of the pages, in memory, and says which of them a check catches, at which
depth, and what would catch the others. Nothing of the course is written but what --publish says.

Pages: an id (day-1/checkout-lag; incidents/checkout-lag for what an incident file expects of itself), a folder (day-1),
or a path. None means all.

  --per-fault N    at most so many mutants of each kind of fault in each block (2)
  --per-service N  at most so many mutants of each service: one that is run has three backends of its own (2)
  --all            every mutant, also of services
  --static         no engine: what only a run can tell is counted as not run
  --seed WORDS     which mutants are taken where there are more; printed with the result
  --json FILE      the result for machines
  --publish        writes what was found of these pages into docs/mutations.json, which the site shows
  --help

Exit codes: 0 nine in ten are caught of each kind of block, 1 they are not, a page does not pass as it stands, or an entry
of harness/mutate/equivalent.yml no longer applies, 2 the harness or a container broke or the command line means
nothing, 130 interrupted.
`;

interface Arguments {
  readonly pages: readonly string[];
  readonly seed: string;
  readonly perFault: number;
  readonly perService: number;
  readonly isStatic: boolean;
  readonly json: string | undefined;
  readonly publishes: boolean;
}

/** @throws UsageError */
function readArguments(argv: readonly string[]): Arguments | 'help' {
  const { values, positionals } = parse(argv);
  if (values.help) return 'help';
  if (values.all && (values['per-fault'] !== undefined || values['per-service'] !== undefined)) throw new UsageError('--all takes every mutant: leave out --per-fault and --per-service');
  if (values.publish && values.static) throw new UsageError('--static leaves out what only a run can tell: publish what was run');
  const count = (name: 'per-fault' | 'per-service', otherwise: number): number => {
    const text = values[name];
    if (text !== undefined && !/^\d{1,6}$/.test(text)) throw new UsageError(`--${name} ${text} means nothing: expected a number`);
    return values.all ? Number.MAX_SAFE_INTEGER : text === undefined ? otherwise : Number(text);
  };
  return { pages: positionals, seed: values.seed ?? '1', perFault: count('per-fault', 2), perService: count('per-service', 2), isStatic: values.static ?? false, json: values.json, publishes: values.publish ?? false };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv], allowPositionals: true,
      options: { 'per-fault': { type: 'string' }, 'per-service': { type: 'string' }, all: { type: 'boolean' }, static: { type: 'boolean' }, seed: { type: 'string' }, json: { type: 'string' }, publish: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

async function main(argv: readonly string[], signal: AbortSignal): Promise<number> {
  try {
    const args = readArguments(argv);
    if (args === 'help') {
      process.stdout.write(HELP);
      return 0;
    }
    // Before anything is loaded: a name that means nothing is said at once.
    const files = selectPages(root, args.pages, process.env['INIT_CWD'] ?? process.cwd(), suggestWord);
    const [{ exitCodeOf, mutateCourse }, { toJson, toText }, { formatError }] = await Promise.all([import('./mutate-course.ts'), import('./mutate/report.ts'), import('./report/index.ts')]);
    const onPage = args.publishes ? await openPublished(args) : undefined;
    const { report, errors } = await mutateCourse({ ...args, root, files, signal, ...(onPage === undefined ? {} : { onPage }) });
    process.stdout.write(toText(report));
    if (args.json !== undefined) writeFileSync(resolve(process.env['INIT_CWD'] ?? '.', args.json), toJson(report));
    if (args.publishes) process.stdout.write(`${MUTATIONS_FILE} says what was found of ${report.pages.filter(isWhole).length} of these ${report.pages.length} pages.\n`);
    for (const error of errors) process.stderr.write(formatError(error));
    return exitCodeOf(report, errors);
  } catch (error) {
    if (signal.aborted) return 130;
    const { formatError } = await import('./report/index.ts');
    process.stderr.write(error instanceof UsageError ? `error: ${error.message}\nSee npm run mutate -- --help\n` : formatError(error));
    return 2;
  }
}

/** What writes the figures of each page into the file, as soon as it is measured. */
async function openPublished(args: Arguments): Promise<MutateOptions['onPage']> {
  const { publish, toPublishedJson } = await import('./mutate/publish.ts');
  const file = join(root, MUTATIONS_FILE);
  return ({ page, judged }, states) => {
    const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PublishedMutations) : undefined;
    const unknown = judged.filter(({ outcome }) => outcome.kind === 'unknown').length;
    writeFileSync(file, toPublishedJson(publish({ judged }, isWhole({ unknown }) ? [page] : [], states, args, before)));
  };
}

/** What is unknown of a page must not look like fewer mistakes. */
function isWhole({ unknown }: { readonly unknown: number }): boolean {
  return unknown === 0;
}

const interrupt = listenForInterrupt();
process.exitCode = await main(process.argv.slice(2), interrupt);
// All is removed: a socket that the engine never closes must not keep an interrupted run alive.
if (interrupt.aborted) process.stdout.write('', () => process.exit());
