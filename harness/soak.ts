import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { listenForInterrupt } from './interrupt.ts';
import { selectPages, UsageError } from './pages.ts';
import { suggestWord } from './parse/index.ts';
import { soakInterrupts } from './soak/interrupts.ts';
import { soakRuns, type SoakOptions } from './soak/runs.ts';

const repository = resolve(import.meta.dirname, '..');

const HELP = `Usage: npm run soak -- [page…] --runs N | --interrupts N

Verifies again and again in copies of this checkout, which stays as it is.

  --runs N         N whole runs, in two folders, time zones and languages by turns: the same verdicts, and the same bytes as are stored
  --interrupts N   N runs that are interrupted (Ctrl-C once and twice, SIGTERM, SIGKILL) at instants spread over a whole run: no container,
                   network, process or file is left, no answer lost; a run after the last passes as the first did
  --help

Pages: as of verify. None means all; then a run takes minutes, and an interruption about half of that.
Exit codes: 0 all alike and nothing left, 1 not so, 2 the command line means nothing or a copy cannot be made, 130 interrupted.
`;

interface Arguments {
  readonly runs: number;
  readonly interrupts: number;
  readonly pages: readonly string[];
}

/** @throws UsageError for words that mean nothing */
function readArguments(argv: readonly string[]): Arguments | 'help' {
  const { values, positionals } = parse(argv);
  if (values.help) return 'help';
  const count = (name: 'runs' | 'interrupts'): number => {
    const text = values[name] ?? '0';
    if (values[name] !== undefined && !/^[1-9]\d{0,4}$/.test(text)) throw new UsageError(`Found --${name} ${text}, expected a whole number above 0. Correct it`);
    return Number(text);
  };
  const [runs, interrupts] = [count('runs'), count('interrupts')];
  if (runs + interrupts === 0) throw new UsageError('Found neither --runs nor --interrupts, expected at least one of them. Say how many, such as --runs 20');
  // A page that there is not is said before an hour has passed.
  selectPages(repository, positionals, repository, suggestWord);
  return { runs, interrupts, pages: positionals };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: { runs: { type: 'string' }, interrupts: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

async function main(signal: AbortSignal): Promise<number> {
  try {
    const args = readArguments(process.argv.slice(2));
    if (args === 'help') {
      process.stdout.write(HELP);
      return 0;
    }
    const options: SoakOptions = { repository, pages: args.pages, signal, say: (line) => void process.stderr.write(`${line}\n`) };
    const found = [...(args.runs > 0 ? await soakRuns(args.runs, options) : []), ...(args.interrupts > 0 ? await soakInterrupts(args.interrupts, options) : [])];
    const did = [...(args.runs > 0 ? [`${args.runs} runs`] : []), ...(args.interrupts > 0 ? [`${args.interrupts} interrupted runs`] : [])].join(' and ');
    process.stdout.write(found.length === 0 ? `${did}: the same verdicts and bytes, and nothing left\n` : `${found.join('\n')}\n${did}: ${found.length} differences\n`);
    return found.length === 0 ? 0 : 1;
  } catch (error) {
    if (signal.aborted) return 130;
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n${error instanceof UsageError ? 'See npm run soak -- --help\n' : ''}`);
    return 2;
  }
}

process.exitCode = await main(listenForInterrupt());
