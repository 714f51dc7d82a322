import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Report } from './model/report.ts';
import { selectPages, UsageError } from './pages.ts';
import { openSession } from './session.ts';
import { suggestWord } from './parse/index.ts';

const HELP = `Usage: npm run <command> -- [page…] [options]

  verify   run every block of the pages against real backends and compare with the stored answers
  check    static checks only: no container engine
  images   bring every backend's image: pulled, or built where no registry answers
  dev      the site, and beside each block its verdict whenever a page is saved
  stop     end a container engine that we started, and remove what killed runs left

Pages: an id (day-1/checkout-lag), a folder (day-1), or a path. None means all.

  --update                 store the real answers (verify); never changes what \`expect\` says
  --no-cache               prove again what this machine has already seen pass
  --watch                  again whenever a file is saved; containers stay up meanwhile (verify, check)
  --port N  --host [ADDR]  where the site is served (dev)
  --report FORMAT[=FILE]   terminal, json, sarif, junit or github; may be given more than once;
                           without FILE to standard output
  --help

Exit codes: 0 all passed, 1 a page is wrong, 2 the harness or a container broke or the command
line means nothing, 130 interrupted.
`;

/** The repository. Tests point it at a small course of their own. */
const root = process.env['COURSE_ROOT'] ?? resolve(dirname(fileURLToPath(import.meta.url)), '..');

interface Arguments {
  readonly command: string;
  readonly pages: readonly string[];
  readonly update: boolean;
  readonly useCache: boolean;
  readonly watch: boolean;
  /** Flags for the site's own server. */
  readonly server: readonly string[];
  readonly reports: readonly { readonly format: string; readonly file: string | undefined }[];
}

function readArguments(argv: readonly string[]): Arguments | 'help' {
  const parsed = parse(argv);
  const [command, ...pages] = parsed.positionals;
  if (parsed.values.help || command === undefined || command === 'help') return 'help';
  if (!Object.hasOwn(commands, command)) {
    const near = suggestWord(command, Object.keys(commands));
    throw new UsageError(`there is no command "${command}"${near === undefined ? '' : `; did you mean ${near}?`}`);
  }
  if (parsed.values.update && command !== 'verify') throw new UsageError(`--update belongs to verify: ${command} stores nothing`);
  if (parsed.values.watch && command !== 'verify' && command !== 'check') throw new UsageError(`--watch belongs to verify and check: ${command} judges no page`);
  if (parsed.values.watch && parsed.values.report) throw new UsageError('--report belongs to a run that ends: leave out --watch');
  const server = (['port', 'host'] as const).flatMap((name) => (parsed.values[name] === undefined ? [] : [`--${name}=${parsed.values[name]}`]));
  if (server.length > 0 && command !== 'dev') throw new UsageError(`--port and --host belong to dev: ${command} serves nothing`);
  const reports = (parsed.values.report ?? []).map((text) => {
    const [format, ...file] = text.split('=');
    return { format: format as string, file: file.length === 0 ? undefined : file.join('=') };
  });
  return { command, pages, update: parsed.values.update ?? false, useCache: !parsed.values['no-cache'], watch: parsed.values.watch ?? false, server, reports };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { update: { type: 'boolean' }, 'no-cache': { type: 'boolean' }, watch: { type: 'boolean' }, port: { type: 'string' }, host: { type: 'string' }, report: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

const commands: Readonly<Record<string, (args: Arguments, signal: AbortSignal) => Promise<number>>> = {
  verify: judgePages,
  check: judgePages,
  images: async (_args, signal) => {
    const { bringImages } = await import('./backends/engine-images.ts');
    await bringImages(root, 'all', say, signal);
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
  const files = selectPages(root, args.pages, process.env['INIT_CWD'] ?? process.cwd(), suggestWord);
  const { exitCode, reporters } = await import('./report/index.ts');
  for (const { format } of args.reports) {
    if (!reporters.some((reporter) => reporter.name === format)) throw new UsageError(`there is no report "${format}"; there are: ${reporters.map((reporter) => reporter.name).join(', ')}`);
  }
  const { createProgress } = await import('./report/progress.ts');
  const progress = createProgress({ stream: process.stderr });
  let report: Report;
  try {
    report = { ...await (await openSession({ root, ...args, command: args.command === 'check' ? 'check' : 'verify', progress, signal })).verify(files), ...findRuleTexts() };
  } finally {
    progress.end();
  }
  const toStandardOutput = args.reports.some((wanted) => wanted.file === undefined);
  for (const wanted of [...(toStandardOutput ? [] : [{ format: 'terminal', file: undefined }]), ...args.reports]) {
    const color = wanted.file === undefined && process.stdout.isTTY === true && !process.env['NO_COLOR'];
    const text = reporters.find((reporter) => reporter.name === wanted.format)?.render(report, { color, readSource }) ?? '';
    if (wanted.file === undefined) process.stdout.write(text);
    else writeFileSync(resolve(process.env['INIT_CWD'] ?? '.', wanted.file), text);
  }
  return exitCode(report);
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

/** How long an interrupted run may take to end by itself: several times what it was seen to need. */
const GRACE_MS = 15_000;

/** Ends an interrupted run that hangs, but not without removing what it started. */
async function giveUp(): Promise<never> {
  try {
    const [{ connectEngine }, { isOfThisHost, sweep }] = await Promise.all([import('./backends/engine-client.ts'), import('./backends/engine-sweep.ts')]);
    const { container } = await connectEngine(say);
    await sweep(container.dockerode, (labels) => isOfThisHost(labels) && labels['course.pid'] === String(process.pid));
  } finally {
    process.exit(130);
  }
}

async function main(interrupt: AbortController): Promise<number> {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {
    interrupt.abort();
    setTimeout(() => void giveUp(), GRACE_MS).unref();
  });
  try {
    const args = readArguments(process.argv.slice(2));
    if (args === 'help') {
      process.stdout.write(HELP);
      return 0;
    }
    return await (commands[args.command] as (typeof commands)[string])(args, interrupt.signal);
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    if (error instanceof UsageError) {
      process.stderr.write(`error: ${error.message}\nSee npm run verify -- --help\n`);
      return 2;
    }
    const { formatError } = await import('./report/index.ts');
    process.stderr.write(formatError(error));
    return 2;
  }
}

const interrupt = new AbortController();
process.exitCode = await main(interrupt);
// All is removed: a socket that the engine never closes must not keep an interrupted run alive. Its report goes out first.
if (interrupt.signal.aborted) process.stdout.write('', () => process.exit());
