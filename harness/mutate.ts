import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { backends } from './backends/index.ts';
import { checkers } from './checkers/index.ts';
import { EQUIVALENT_FILE, excuse, findOutdated, readEquivalents, type Equivalent } from './mutate/equivalent.ts';
import { makeReport, toJson, toText, type MutationReport } from './mutate/report.ts';
import { ENOUGH } from './mutate/tally.ts';
import { mutatePage, type MutateContext, type MutatedPage } from './mutate-page.ts';
import { listPages, selectPages, UsageError } from './pages.ts';
import { commonAttributes, parsePage, suggestWord } from './parse/index.ts';
import { formatError } from './report/index.ts';
import { createProgress } from './report/progress.ts';
import { Stack } from './run/stack.ts';
import { openSession } from './session.ts';
import { openWorld } from './world.ts';

/** The repository. Tests point it at a small course of their own. */
const root = process.env['COURSE_ROOT'] ?? resolve(dirname(fileURLToPath(import.meta.url)), '..');

const HELP = `Usage: npm run mutate -- [page…] [options]

Makes one mistake at a time in the blocks of the pages, in memory, and says which of them a check catches, at which
depth, and what would catch the others. Nothing of the course is written.

Pages: an id (day-1/checkout-lag), a folder (day-1), or a path. None means all.

  --per-fault N    at most so many mutants of each kind of fault in each block (2)
  --per-service N  at most so many mutants of each service: one that is run has three backends of its own (2)
  --all            every mutant, also of services
  --static         no engine: what only a run can tell is counted as not run
  --seed WORDS     which mutants are taken where there are more; printed with the result
  --json FILE      the result for machines
  --help

Exit codes: 0 nine in ten are caught of each kind of block, 1 they are not, a page does not pass as it stands, or an entry
of ${EQUIVALENT_FILE} no longer applies, 2 the harness or a container broke or the command line means
nothing, 130 interrupted.
`;

interface Arguments {
  readonly pages: readonly string[];
  readonly seed: string;
  readonly perFault: number;
  readonly perService: number;
  readonly isStatic: boolean;
  readonly json: string | undefined;
}

/** @throws UsageError */
function readArguments(argv: readonly string[]): Arguments | 'help' {
  const { values, positionals } = parse(argv);
  if (values.help) return 'help';
  if (values.all && (values['per-fault'] !== undefined || values['per-service'] !== undefined)) throw new UsageError('--all takes every mutant: leave out --per-fault and --per-service');
  const count = (name: 'per-fault' | 'per-service', otherwise: number): number => {
    const text = values[name];
    if (text !== undefined && !/^\d{1,6}$/.test(text)) throw new UsageError(`--${name} ${text} means nothing: expected a number`);
    return values.all ? Number.MAX_SAFE_INTEGER : text === undefined ? otherwise : Number(text);
  };
  return { pages: positionals, seed: values.seed ?? '1', perFault: count('per-fault', 2), perService: count('per-service', 2), isStatic: values.static ?? false, json: values.json };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv], allowPositionals: true,
      options: { 'per-fault': { type: 'string' }, 'per-service': { type: 'string' }, all: { type: 'boolean' }, static: { type: 'boolean' }, seed: { type: 'string' }, json: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

async function mutate(args: Arguments, signal: AbortSignal): Promise<{ report: MutationReport; errors: readonly Error[] }> {
  const files = selectPages(root, args.pages, process.env['INIT_CWD'] ?? process.cwd(), suggestWord);
  const listed = readList();
  const progress = createProgress({ stream: process.stderr });
  const session = await openSession({ root, command: args.isStatic ? 'check' : 'verify', update: false, useCache: false, progress, signal });
  const knownAttributes = [...commonAttributes, ...checkers.flatMap((checker) => checker.attributes)];
  const course = listPages(root).map((file) => parsePage({ root, file, knownAttributes }));
  const stack = new Stack({ root, backends, openEngine: session.openEngine });
  const context: MutateContext = {
    root, course, stack: args.isStatic ? undefined : stack, world: openWorld(root, backends, session.versionOf), tool: session.tool, seed: args.seed, perFault: args.perFault, perService: args.perService,
    today: new Date().toISOString().slice(0, 10), progress, signal,
  };
  const pages: MutatedPage[] = [];
  try {
    for (const page of course.filter(({ file, blocks }) => files.includes(file) && blocks.length > 0)) {
      const mutated = await mutatePage(page, context);
      pages.push(mutated);
      // What broke may be the backend itself: the next page has its own.
      if (mutated.errors.length > 0 || mutated.judged.some(({ outcome }) => outcome.kind === 'unknown')) await stack[Symbol.asyncDispose]();
    }
  } finally {
    progress.say('ending the backends');
    await stack[Symbol.asyncDispose]();
    progress.end();
  }
  const judged = pages.map((page) => ({ ...page, judged: excuse(page.judged, listed) }));
  const problems = [
    ...pages.flatMap(({ broken }) => [...broken].map(([id, why]) => `${id} does not pass as it stands: ${why}`)),
    ...findOutdated(listed, pages.map(({ page }) => page), new Set(pages.flatMap(({ existing }) => [...existing])), pages.flatMap((page) => page.judged)),
  ];
  return { report: makeReport(args.seed, judged, problems), errors: pages.flatMap(({ errors }) => errors) };
}

function readList(): readonly Equivalent[] {
  try {
    return readEquivalents(readFileSync(join(root, EQUIVALENT_FILE), 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

function exitCodeOf({ kinds, problems, judged }: MutationReport, errors: readonly Error[]): number {
  if (errors.length > 0 || judged.some(({ outcome }) => outcome.kind === 'unknown') && problems.length === 0) return 2;
  return problems.length > 0 || kinds.some(({ share }) => share !== undefined && share < ENOUGH) ? 1 : 0;
}

async function main(argv: readonly string[], signal: AbortSignal): Promise<number> {
  try {
    const args = readArguments(argv);
    if (args === 'help') {
      process.stdout.write(HELP);
      return 0;
    }
    const { report, errors } = await mutate(args, signal);
    process.stdout.write(toText(report));
    if (args.json !== undefined) writeFileSync(resolve(process.env['INIT_CWD'] ?? '.', args.json), toJson(report));
    for (const error of errors) process.stderr.write(formatError(error));
    return exitCodeOf(report, errors);
  } catch (error) {
    if (signal.aborted) return 130;
    process.stderr.write(error instanceof UsageError ? `error: ${error.message}\nSee npm run mutate -- --help\n` : formatError(error));
    return 2;
  }
}

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt.abort());
process.exitCode = await main(process.argv.slice(2), interrupt.signal);
// All is removed: a socket that the engine never closes must not keep an interrupted run alive.
if (interrupt.signal.aborted) process.stdout.write('', () => process.exit());
