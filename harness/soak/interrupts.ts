import { copyCourse, differences, runVerify, type CourseCopy, type Run } from './copy.ts';
import { findLeftOvers, halfWritten } from './left-overs.ts';
import type { SoakOptions } from './runs.ts';

/** How a run is ended. */
interface Ending {
  readonly words: string;
  readonly signals: readonly NodeJS.Signals[];
  /** A terminal's Ctrl-C reaches all that the run started; an orchestrator's signal the run alone. */
  readonly isOfGroup: boolean;
}
const ENDINGS: readonly Ending[] = [
  { words: 'Ctrl-C', signals: ['SIGINT'], isOfGroup: true },
  { words: 'SIGTERM', signals: ['SIGTERM'], isOfGroup: false },
  { words: 'Ctrl-C twice', signals: ['SIGINT', 'SIGINT'], isOfGroup: true },
  { words: 'SIGKILL, and the next run', signals: ['SIGKILL'], isOfGroup: false },
];
const BETWEEN_MS = 100;

/** Shares of a whole run, alike on every machine: Park and Miller's generator. */
function shareOf(index: number): number {
  let state = 20_261_121 + index * 7_919;
  for (let step = 0; step < 3; step++) state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
}

/**
 * Interrupts runs at instants spread over their whole length, and looks for what they left: containers, networks, processes, files,
 * answers that were lost or changed. What a killed run leaves, the next one must remove; the last one must pass as the first did.
 * @returns what was left, a line each
 * @throws the signal's reason
 */
export async function soakInterrupts(count: number, { repository, pages, say, signal }: SoakOptions): Promise<string[]> {
  using copy = copyCourse(repository, 'interrupted');
  const whole = await runVerify(copy, { pages, signal });
  signal.throwIfAborted();
  say(`a whole run: exit code ${String(whole.code)}, ${Math.round(whole.wallMs / 1000)} s`);
  // Nothing can be told from interruptions of what breaks by itself.
  if (whole.code !== 0 && whole.code !== 1) return [`the whole run: exit code ${String(whole.code)}: ${whole.said.trim().slice(-500)}`];
  const stored = copy.answers();
  const found = (await findLeftOvers(copy, whole.pid)).map((line) => `the whole run: ${line}`);
  let killed: number | undefined;
  for (let index = 0; index < count; index++) {
    const ending = ENDINGS[index % ENDINGS.length] as Ending;
    const afterMs = Math.round(shareOf(index) * whole.wallMs);
    const run = await interrupt(copy, ending, afterMs, { pages, signal });
    signal.throwIfAborted();
    const isKilled = ending.signals.includes('SIGKILL') && run.code === null;
    const left = [...judgeCode(run, whole), ...(isKilled ? [] : await findLeftOvers(copy, run.pid)), ...(killed === undefined || run.code === null ? [] : await findLeftOvers(copy, killed)), ...differences('the bytes', stored, withoutHalf(copy))];
    // Ended before it could listen, it could not remove anything either: that is for the one after it.
    if (isKilled) killed = run.pid;
    else if (run.code !== null) killed = undefined;
    found.push(...left.map((line) => `interruption ${index + 1} (${ending.words} after ${afterMs} ms): ${line}`));
    say(`interruption ${index + 1} of ${count}: ${ending.words} after ${(afterMs / 1000).toFixed(1)} s, exit code ${String(run.code)}, ${left.length === 0 ? 'nothing left' : `${left.length} left`}`);
  }
  return [...found, ...await judgeLast(copy, whole, killed, { pages, signal })];
}

/** The run after the last: everything as if nothing had been interrupted. */
async function judgeLast(copy: CourseCopy, whole: Run, killed: number | undefined, setting: Pick<SoakOptions, 'pages' | 'signal'>): Promise<string[]> {
  const before = withoutHalf(copy);
  const last = await runVerify(copy, setting);
  setting.signal.throwIfAborted();
  const left = [...await findLeftOvers(copy, last.pid), ...(killed === undefined ? [] : await findLeftOvers(copy, killed))];
  return [...(last.code === whole.code ? [] : [`exit code ${String(whole.code)} → ${String(last.code)}`]), ...differences('the verdict', whole.verdicts, last.verdicts), ...differences('the bytes', before, copy.answers()), ...left].map((line) => `the run after the last: ${line}`);
}

/** What a killed run was writing stands beside its place until the next one: no answer is it. */
function withoutHalf(copy: CourseCopy): ReadonlyMap<string, string> {
  const half = new Set(halfWritten(copy));
  return new Map([...copy.answers()].filter(([name]) => !half.has(`file docs/transcripts/${name}`)));
}

async function interrupt(copy: CourseCopy, { signals, isOfGroup }: Ending, afterMs: number, setting: Pick<SoakOptions, 'pages' | 'signal'>): Promise<Run> {
  const timers: NodeJS.Timeout[] = [];
  const send = (pid: number, name: NodeJS.Signals): void => {
    try {
      process.kill(isOfGroup ? -pid : pid, name);
    } catch {
      // It had ended by then.
    }
  };
  try {
    return await runVerify(copy, { ...setting, onStart: (pid) => signals.forEach((name, index) => timers.push(setTimeout(() => send(pid, name), afterMs + index * BETWEEN_MS))) });
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

/** 130, or as ever where it was through by then; null where it was ended before it could listen. */
function judgeCode({ code, said }: Run, whole: Run): string[] {
  return code === 130 || code === null || code === whole.code ? [] : [`exit code ${code}: ${said.trim().slice(-500)}`];
}
