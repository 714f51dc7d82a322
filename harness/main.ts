import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HELP, readArguments, type Arguments } from './arguments.ts';
import { listEditions, splitByEdition, type Edition } from './editions.ts';
import { listenForInterrupt } from './interrupt.ts';
import type { OfEdition } from './join-editions.ts';
import type { Report } from './model/report.ts';
import { listPages, selectPages, UsageError } from './pages.ts';
import { openSession } from './session.ts';
import { suggestWord } from './parse/index.ts';

/** The repository. Tests point it at a small course of their own. */
const root = process.env['COURSE_ROOT'] ?? resolve(dirname(fileURLToPath(import.meta.url)), '..');

const commands: Readonly<Record<string, (args: Arguments, signal: AbortSignal) => Promise<number>>> = {
  verify: judgePages,
  check: judgePages,
  merge: async (args) => {
    const [{ mergeReports }, reportStage] = await Promise.all([import('./merge.ts'), loadReporters(args)]);
    const parts = args.pages.map((file) => ({ file, text: readNamed(file) }));
    return printReport({ ...mergeReports(parts, listEditions(root).map((edition) => ({ edition, value: listPages(edition.root) }))), ...findRuleTexts() }, args, reportStage);
  },
  images: async ({ archive }, signal) => {
    const { bringOrCarryImages } = await import('./images-command.ts');
    return bringOrCarryImages({ root, archive, named, stream: process.stderr, signal });
  },
  simulate: async (args) => {
    const { simulateIncidents } = await import('./simulate-command.ts');
    simulateIncidents({ root, names: args.pages, html: args.html, out: args.out === undefined ? undefined : named(args.out), color: process.stdout.isTTY === true && !process.env['NO_COLOR'], write: (text) => void process.stdout.write(text) });
    return 0;
  },
  dev: serveForWriting,
  stop: async () => {
    const { stopEngine } = await import('./backends/engine.ts');
    await stopEngine(say);
    return 0;
  },
};

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function judgePages(args: Arguments, signal: AbortSignal): Promise<number> {
  if (args.watch) return watchPages(args, signal);
  const parts = selectByEdition(args);
  const [reportStage, tags] = await Promise.all([loadReporters(args), readTags(args)]);
  const [{ createProgress }, { joinEditions }] = await Promise.all([import('./report/progress.ts'), import('./join-editions.ts')]);
  const progress = createProgress({ stream: process.stderr });
  const reports: OfEdition<Report>[] = [];
  try {
    for (const { edition, files } of parts) {
      if (reports.length > 0 && signal.aborted) break;
      const under = tags === undefined ? undefined : [...tags].map(([image, tag]) => `${image} ${tag}`).join(' and ');
      const session = await openSession({ ...args, root: edition.root, tags: tags ?? edition.stack, under, command: args.command === 'check' ? 'check' : 'verify', progress, signal });
      reports.push({ edition, value: await (args.live ? session.verifyLive(files, args.pages.length > 0) : session.verify(files)) });
    }
  } finally {
    progress.end();
  }
  const report = { ...joinEditions(reports), ...findRuleTexts() };
  if (report.verdicts.length === 0 && report.errors.length === 0) say(`note: ${report.shard === undefined ? 'the pages asked for have' : `shard ${report.shard.index}/${report.shard.count} has`} no fenced block, so that none was ${args.command === 'check' ? 'checked' : 'run'}`);
  return printReport(report, args, reportStage);
}

/**
 * The pages asked for, edition by edition. What another stack would change, and what the services live, is asked of the current edition only.
 * @throws UsageError for pages of other editions together with `--stack` or `--live`
 */
function selectByEdition(args: Arguments): readonly { readonly edition: Edition; readonly files: readonly string[] }[] {
  const workingDirectory = process.env['INIT_CWD'] ?? process.cwd();
  const asked = splitByEdition(listEditions(root), args.pages, workingDirectory);
  const onlyCurrent = args.live ? '--live' : args.stack.length > 0 ? '--stack' : undefined;
  const other = asked.find(({ edition }) => !edition.isCurrent);
  if (onlyCurrent !== undefined && other !== undefined && args.pages.length > 0) throw new UsageError(`${onlyCurrent} is for the current edition: pages of edition ${other.edition.id} stay with the stack of their time`);
  return asked.filter(({ edition }) => onlyCurrent === undefined || edition.isCurrent)
    .map(({ edition, pages }) => ({ edition, files: selectPages(edition.root, pages, workingDirectory, suggestWord) }));
}

type ReportStage = typeof import('./report/index.ts');

/** Before anything is run: a format that there is not is said at once. */
async function loadReporters(args: Arguments): Promise<ReportStage> {
  const stage = await import('./report/index.ts');
  for (const { format } of args.reports) {
    if (!stage.reporters.some((reporter) => reporter.name === format)) throw new UsageError(`there is no report "${format}"; there are: ${stage.reporters.map((reporter) => reporter.name).join(', ')}`);
  }
  return stage;
}

/** Prints and writes every format asked for, and returns the exit code. A file that cannot be written takes no other with it. */
function printReport(report: Report, args: Arguments, { exitCode, formatError, reporters }: ReportStage): number {
  let code = exitCode(report);
  const toStandardOutput = args.reports.some((wanted) => wanted.file === undefined);
  for (const wanted of [...(toStandardOutput ? [] : [{ format: 'terminal', file: undefined }]), ...args.reports]) {
    const color = wanted.file === undefined && process.stdout.isTTY === true && !process.env['NO_COLOR'];
    const text = reporters.find((reporter) => reporter.name === wanted.format)?.render(report, { color, readSource }) ?? '';
    try {
      if (wanted.file === undefined) process.stdout.write(text);
      else writeFileSync(named(wanted.file), text);
    } catch (cause) {
      process.stderr.write(formatError(new Error(`the ${wanted.format} report could not be written to ${wanted.file}: name a file in a folder that exists and that you may write to`, { cause })));
      code = Math.max(code, 2);
    }
  }
  return code;
}

/** A file as the command line names it: relative to where npm was called. */
function named(file: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', file);
}

function readNamed(file: string): string {
  try {
    return readFileSync(named(file), 'utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** @throws UsageError for an image that has no tags upstream, with the names of those that do */
async function readTags({ stack }: Arguments): Promise<ReadonlyMap<string, string> | undefined> {
  if (stack.length === 0) return undefined;
  const { serviceNames, readImageSpec } = await import('./backends/engine-specs.ts');
  const pinned = serviceNames(root).map((name) => readImageSpec(root, name)).filter((spec) => spec.go !== undefined);
  for (const { image } of stack) {
    if (!pinned.some(({ name }) => name === image)) throw new UsageError(`--stack knows no "${image}"; there are: ${pinned.map(({ name, reference }) => `${name} (now ${reference.slice(reference.lastIndexOf(':') + 1)})`).join(', ')}`);
  }
  return new Map(stack.map(({ image, tag }) => [image, tag]));
}

function readSource(file: string): string | undefined {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined;
}

/** On the site where its address is known (`COURSE_URL`), else in the repository. */
function findRuleTexts(): Pick<Report, 'rulesAt'> {
  const address = process.env['COURSE_URL'];
  if (address !== undefined && address !== '') return { rulesAt: `${address.replace(/\/$/, '')}/rules/` };
  return existsSync(join(root, 'docs/rules')) ? { rulesAt: 'docs/rules/' } : {};
}

/** How long nobody has to save before the containers of a watching run end: a meeting, or lunch. */
const IDLE_MS = 15 * 60_000;

async function watchPages(args: Arguments, signal: AbortSignal): Promise<number> {
  const select = (): readonly string[] => selectPages(root, args.pages, process.env['INIT_CWD'] ?? process.cwd(), suggestWord);
  // Before anything is loaded: a name that means nothing is said at once.
  select();
  const [{ watch }, { createTerminalShow }, { reporters }] = await Promise.all([import('./watch.ts'), import('./watch-terminal.ts'), import('./report/index.ts')]);
  const color = process.stdout.isTTY === true && !process.env['NO_COLOR'];
  const { show, progress } = createTerminalShow({
    stdout: process.stdout, stderr: process.stderr, clock: () => new Date().toTimeString().slice(0, 8),
    render: (report) => reporters[0]?.render({ ...report, ...findRuleTexts() }, { color, readSource }) ?? '',
  });
  const session = await openSession({ root, ...args, command: args.command === 'check' ? 'check' : 'verify', progress, signal });
  await watch({ root, session, select, show, idleMs: IDLE_MS, signal });
  return 130;
}

/** The site's server and a watching run beside it. Whichever ends first ends the other. */
async function serveForWriting(args: Arguments, signal: AbortSignal): Promise<number> {
  const [{ watch }, { createSiteShow, serveSite, LIVE_FOLDER }] = await Promise.all([import('./watch.ts'), import('./dev.ts')]);
  const closing = new AbortController();
  const either = AbortSignal.any([signal, closing.signal]);
  const show = createSiteShow(root, say);
  const session = await openSession({ root, ...args, command: 'verify', progress: { begin: () => {}, say: () => {}, done: () => {} }, signal: either });
  const select = (): readonly string[] => selectPages(root, [], root, suggestWord);
  const served = serveSite(root, args.server, either).finally(() => closing.abort());
  const watched = watch({ root, session, select, show, idleMs: IDLE_MS, answersTo: join(root, LIVE_FOLDER), signal: either }).catch((error: unknown) => {
    if (!either.aborted) throw error;
  });
  const [code] = await Promise.all([served, watched]);
  return signal.aborted ? 130 : code;
}

async function main(signal: AbortSignal): Promise<number> {
  try {
    // Its own words: it judges other people's documents, not pages.
    if (process.argv[2] === 'scan') return await (await import('./scan-command.ts')).scanFromTerminal(root, process.argv.slice(3), signal);
    const args = readArguments(process.argv.slice(2), Object.keys(commands));
    if (args === 'help') {
      process.stdout.write(HELP);
      return 0;
    }
    return await (commands[args.command] as (typeof commands)[string])(args, signal);
  } catch (error) {
    if (signal.aborted) return 130;
    if (error instanceof UsageError) {
      process.stderr.write(`error: ${error.message}\nSee npm run verify -- --help\n`);
      return 2;
    }
    const { formatError } = await import('./report/index.ts');
    process.stderr.write(formatError(error));
    return 2;
  }
}

const interrupt = listenForInterrupt();
process.exitCode = await main(interrupt);
// All is removed: a socket that the engine never closes must not keep an interrupted run alive. Its report goes out first.
if (interrupt.aborted) process.stdout.write('', () => process.exit());
