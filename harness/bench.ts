import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from './backends/engine-cache.ts';
import { tableBudgets, type Contests } from './bench/budgets.ts';
import { contestLessons, contestRules, contestRuns, contestTypes, measureSingly, OURS, type Setting } from './bench/contests.ts';
import { writeCorpus, type Corpus } from './bench/corpus.ts';
import type { Kind } from './bench/corpus-blocks.ts';
import { bringPeers } from './bench/peers.ts';
import { runRounds, type Contestant, type Result } from './bench/rounds.ts';
import { benchSimulator } from './bench/simulator.ts';
import { tableStages } from './bench/stages.ts';
import { contestTable } from './bench/tables.ts';
import { listenForInterrupt } from './interrupt.ts';
import { UsageError } from './pages.ts';

const ROOT = resolve(import.meta.dirname, '..');
const FILE = join(ROOT, 'harness/BENCHMARKS.md');
const MARKS = ['<!-- npm run bench writes what follows -->', '<!-- to here -->'] as const;
const PARTS = ['types', 'runs', 'rules', 'lessons', 'course', 'simulator'] as const;
type Part = (typeof PARTS)[number];

const HELP = `Usage: npm run bench [-- options]

Measures the harness and its peers on one generated course, in turn, and writes the tables into harness/BENCHMARKS.md. Peers (Deno,
twoslash, telemetrygen) are installed into the cache the first time. Leave the machine alone meanwhile.

  --quick            20 and 40 blocks, one round: shows that it works. Prints, writes nothing
  --sizes 200,500    how many blocks; default 200,500,2000
  --rounds N         of each size, and of the simulator; default 5 up to 200 blocks, 3 up to 500, 1 above
  --only PART,…      ${PARTS.join(', ')}. Prints, writes nothing
  --help

Ctrl-C ends it; nothing is written then, and nothing stays behind.
`;

interface Options {
  readonly sizes: readonly number[];
  readonly roundsOf: (size: number) => number;
  readonly parts: readonly Part[];
  readonly isWritten: boolean;
}
interface Contest {
  readonly part: Extract<Part, keyof Contests>;
  readonly kind: Kind;
  readonly title: string;
  readonly contestants: (corpus: Corpus, setting: Setting) => Contestant[];
  readonly isRunSingly: boolean;
}
const CONTESTS: readonly Contest[] = [
  { part: 'types', kind: 'ts', title: 'TypeScript, type-checked', contestants: contestTypes, isRunSingly: true },
  { part: 'runs', kind: 'ts', title: 'TypeScript, type-checked and run', contestants: contestRuns, isRunSingly: false },
  { part: 'rules', kind: 'rules', title: 'Rule files, checked', contestants: contestRules, isRunSingly: true },
  { part: 'lessons', kind: 'mixed', title: 'Lessons: of ten blocks four PromQL, and one each of LogQL, trace query, TypeScript, shell, recording rule and JSON', contestants: contestLessons, isRunSingly: true },
];

/** @throws UsageError for words that mean nothing */
function readOptions(argv: readonly string[]): Options | 'help' {
  const { values } = parse(argv);
  if (values.help) return 'help';
  const numbers = (text: string, name: string): number[] => text.split(',').map((word) => {
    if (!/^[1-9]\d*$/.test(word)) throw new UsageError(`Found --${name} ${text}, expected whole numbers above 0, such as --${name} 200. Correct it`);
    return Number(word);
  });
  const parts = (values.only?.split(',') ?? PARTS).map((word) => {
    const part = PARTS.find((one) => one === word);
    if (part === undefined) throw new UsageError(`Found --only ${word}, expected some of ${PARTS.join(', ')}. Correct it`);
    return part;
  });
  const rounds = values.quick ? 1 : values.rounds === undefined ? undefined : numbers(values.rounds, 'rounds')[0];
  return {
    parts, sizes: numbers(values.sizes ?? (values.quick ? '20,40' : '200,500,2000'), 'sizes').sort((one, other) => one - other),
    roundsOf: (size) => rounds ?? (size <= 200 ? 5 : size <= 500 ? 3 : 1), isWritten: !values.quick && values.only === undefined,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: { quick: { type: 'boolean' }, sizes: { type: 'string' }, rounds: { type: 'string' }, only: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

const began = performance.now();
function say(line: string): void {
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stderr.write(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}  ${line}\n`);
}

async function runContest({ kind, contestants, isRunSingly }: Contest, { sizes, roundsOf }: Options, setting: Setting): Promise<Result[]> {
  const results: Result[] = [];
  for (const size of sizes) {
    using corpus = writeCorpus(ROOT, kind, size);
    results.push(...await runRounds(contestants(corpus, setting), { size, rounds: roundsOf(size), say }));
    if (isRunSingly && size === sizes[0]) results.push(...await runRounds([measureSingly(kind, size, setting)], { size, rounds: 1, say }));
  }
  return results;
}

/** Rows of peers are divided by ours under the same condition; our own other ways by the usual one. */
function oursOf(label: string): string | undefined {
  if (label === OURS.singly) return OURS.cold;
  if (label.startsWith('ours')) return undefined;
  return label.endsWith('nothing changed') ? OURS.warm : label.endsWith('one block edited') ? OURS.edited : OURS.cold;
}

async function bench(options: Options, signal: AbortSignal): Promise<string> {
  mkdirSync(cacheFolder('bench'), { recursive: true });
  const peers = await bringPeers(ROOT, say, signal);
  const setting: Setting = { repository: ROOT, peers, signal };
  const contests: Record<keyof Contests, readonly Result[]> = { types: [], runs: [], rules: [], lessons: [] };
  const tables: string[] = [];
  for (const contest of CONTESTS.filter(({ part }) => options.parts.includes(part))) {
    contests[contest.part] = await runContest(contest, options, setting);
    tables.push(`### ${contest.title}\n\n${contestTable(contests[contest.part], oursOf)}`);
  }
  const stages = options.parts.includes('course') ? await benchCourse(options, signal) : undefined;
  const simulator = options.parts.includes('simulator') ? `### The simulator\n\n${await benchSimulator(options.roundsOf(0), say, signal)}` : '';
  const rounds = options.sizes.map((size) => `${options.roundsOf(size)} of ${size} blocks`).join(', ');
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 1e9)} GB, Node ${process.version}; load average ${loadavg().map((load) => load.toFixed(1)).join(', ')} at the end, after ${Math.round((performance.now() - began) / 60_000)} min. ${peers.versions}. Rounds: ${rounds}; medians, ± half of what lies between fastest and slowest.`;
  return [machine, `### Budgets\n\n${tableBudgets(contests, stages?.course)}`, ...tables, ...(stages?.tables ?? []), simulator].join('\n\n').replace(/\n{3,}/g, '\n\n').trimEnd();
}

/** Where the time goes: in the static check of the real course, and in a verify of as many generated blocks as the middle size. */
async function benchCourse({ sizes }: Options, signal: AbortSignal) {
  say('where the time goes');
  const course = await tableStages('`check --no-cache`, this course', ROOT, ['check', '--no-cache'], signal);
  const size = sizes[Math.floor((sizes.length - 1) / 2)] ?? 0;
  using corpus = writeCorpus(ROOT, 'mixed', size);
  const lessons = await tableStages(`\`verify\`, ${size} blocks of lessons`, corpus.root, ['verify', '--no-cache', '--update'], signal);
  return { course, tables: [`### Where the time goes\n\n${course.table}`, lessons.table] };
}

async function main(signal: AbortSignal): Promise<number> {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options === 'help') {
      process.stdout.write(HELP);
      return 0;
    }
    const report = await bench(options, signal);
    process.stdout.write(`${report}\n`);
    if (!options.isWritten) return 0;
    const text = readFileSync(FILE, 'utf8');
    writeFileSync(FILE, `${text.slice(0, text.indexOf(MARKS[0]) + MARKS[0].length)}\n\n${report}\n\n${text.slice(text.indexOf(MARKS[1]))}`);
    return 0;
  } catch (error) {
    if (signal.aborted) return 130;
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n${error instanceof UsageError ? 'See npm run bench -- --help\n' : ''}`);
    return 2;
  }
}

process.exitCode = await main(listenForInterrupt());
