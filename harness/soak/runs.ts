import { copyCourse, differences, runVerify } from './copy.ts';
import { findLeftOvers } from './left-overs.ts';

export interface SoakOptions {
  readonly repository: string;
  readonly pages: readonly string[];
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What must not matter: where, in which time zone and language, on how many cores. */
const SETTINGS: readonly NodeJS.ProcessEnv[] = [
  { TZ: 'UTC', LANG: 'C.UTF-8', UV_THREADPOOL_SIZE: '4', GOMAXPROCS: '2' },
  { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', UV_THREADPOOL_SIZE: '1', GOMAXPROCS: '1' },
];

/**
 * Verifies again and again, in two folders by turns, and holds each run against the first: verdicts with their words, every stored byte, and that nothing is left.
 * @returns what differed, a line each
 * @throws the signal's reason
 */
export async function soakRuns(count: number, { repository, pages, say, signal }: SoakOptions): Promise<string[]> {
  using one = copyCourse(repository, 'one');
  using other = copyCourse(repository, 'the-other');
  const stored = one.answers();
  const found: string[] = [];
  let first: Awaited<ReturnType<typeof runVerify>> | undefined;
  for (let run = 1; run <= count; run++) {
    const copy = run % 2 === 1 ? one : other;
    const ended = await runVerify(copy, { pages, env: SETTINGS[run % 2], signal });
    signal.throwIfAborted();
    first ??= ended;
    const differs = [
      ...(ended.verdicts === undefined ? [`no report, exit code ${String(ended.code)}: ${ended.said.trim().slice(-500)}`] : []),
      ...(ended.code === first.code ? [] : [`exit code ${String(first.code)} → ${String(ended.code)}`]),
      ...differences('the verdict', first.verdicts, ended.verdicts), ...differences('the bytes', stored, copy.answers()), ...await findLeftOvers(copy, ended.pid),
    ];
    say(`run ${run} of ${count}: exit code ${String(ended.code)}, ${ended.verdicts?.size ?? 0} verdicts, ${differs.length === 0 ? 'the same verdicts and bytes' : `${differs.length} differences`}, ${Math.round(ended.wallMs / 1000)} s`);
    const told = differs.map((line) => `run ${run}: ${line}`);
    // At once: who ends a soak of hours early wants to know, too.
    told.forEach(say);
    found.push(...told);
  }
  return found;
}
