import { advanceProgress, renderProgress, startProgress } from './progress-line.ts';
import type { ProgressEvent } from './progress-line.ts';

/** What progress is written to: `process.stderr`, or a test's stand-in. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}
export interface Progress {
  /** How many blocks there are. */
  begin(total: number): void;
  /** What runs now. */
  say(message: string): void;
  /** One block has its verdict. */
  done(name: string): void;
  /** Wipes the line. Call it before printing anything else. */
  end(): void;
}
export interface ProgressOptions {
  readonly stream: ProgressStream;
  /** Milliseconds of any monotonic clock; a test's own. */
  readonly now?: () => number;
}

/** The same line, on which everything that is said begins with a label: what a longer run is at. */
export function labelProgress(progress: Progress, label: string): Progress {
  return { ...progress, say: (message) => progress.say(`${label}: ${message}`) };
}

const redrawMs = 80;
const tickMs = 1000;
/** Without a terminal, a log gets a line at most this often, and one when something silent takes that long. */
const plainMs = 10_000;
const eraseLine = '\r\u001B[K';

/** Draws one live line on a terminal, and writes occasional plain lines elsewhere, until `end`. */
export function createProgress({ stream, now = () => performance.now() }: ProgressOptions): Progress {
  const isLive = stream.isTTY === true;
  let state = startProgress(now());
  let drawnMs = Number.NEGATIVE_INFINITY;
  let written = '';
  const draw = (): void => {
    const nowMs = now();
    if (nowMs - drawnMs < (isLive ? redrawMs : plainMs)) return;
    const line = renderProgress(state, nowMs, isLive ? (stream.columns ?? 80) - 1 : 200);
    if (line === '' || line === written) return;
    stream.write(isLive ? eraseLine + line : `${line}\n`);
    [drawnMs, written] = [nowMs, line];
  };
  const update = (event: ProgressEvent): void => {
    state = advanceProgress(state, event, now());
    draw();
  };
  const timer = setInterval(draw, isLive ? tickMs : plainMs);
  timer.unref();
  return {
    begin: (total) => update({ kind: 'begin', total }),
    say: (message) => update({ kind: 'say', message }),
    done: (name) => update({ kind: 'done', name }),
    end() {
      clearInterval(timer);
      if (isLive && written !== '') stream.write(eraseLine);
    },
  };
}
