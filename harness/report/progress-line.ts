import stringWidth from 'string-width';
import { escapeLine } from './escape.ts';

/** What a progress line knows. Times are of any monotonic clock, in milliseconds. */
export interface ProgressState {
  readonly startedMs: number;
  readonly total: number;
  readonly done: number;
  /** What runs now. */
  readonly message: string;
  /** When that began. */
  readonly messageMs: number;
  /** When the first block ended: what came before is set-up, which says nothing about the pace. */
  readonly firstDoneMs: number | undefined;
}
export type ProgressEvent =
  | { readonly kind: 'begin'; readonly total: number }
  | { readonly kind: 'say'; readonly message: string }
  | { readonly kind: 'done'; readonly name: string };

export function startProgress(nowMs: number): ProgressState {
  return { startedMs: nowMs, total: 0, done: 0, message: '', messageMs: nowMs, firstDoneMs: undefined };
}

/** The next state. `done` beyond the total raises the total: a line never says 5 of 4. */
export function advanceProgress(state: ProgressState, event: ProgressEvent, nowMs: number): ProgressState {
  if (event.kind === 'begin') return { ...state, total: event.total, done: 0, firstDoneMs: undefined };
  if (event.kind === 'say') return event.message === state.message ? state : { ...state, message: event.message, messageMs: nowMs };
  const done = state.done + 1;
  return { ...state, done, total: Math.max(state.total, done), firstDoneMs: state.firstDoneMs ?? nowMs };
}

/** Milliseconds left at the pace since the first block ended; undefined before three of them: a guess from fewer misleads. */
export function estimateLeftMs({ done, total, firstDoneMs }: ProgressState, nowMs: number): number | undefined {
  if (firstDoneMs === undefined || done < 3 || total <= done) return undefined;
  return ((nowMs - firstDoneMs) / (done - 1)) * (total - done);
}

/** `12/57 · running promql · 8 s · about 20 s left`, cut to `columns` terminal cells. */
export function renderProgress(state: ProgressState, nowMs: number, columns: number): string {
  const leftMs = estimateLeftMs(state, nowMs);
  const waitedMs = nowMs - state.messageMs;
  const parts = [
    state.total > 0 ? `${state.done}/${state.total}` : '',
    escapeLine(state.message.replace(/\s+/g, ' ').trim()),
    waitedMs >= 3000 ? formatDuration(waitedMs) : '',
    leftMs === undefined ? '' : `about ${formatDuration(Math.max(1000, leftMs))} left`,
  ];
  return cutToWidth(parts.filter((part) => part !== '').join(' · '), columns);
}

/** `8 s`, `2 min 05 s`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

function cutToWidth(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    if (stringWidth(kept + segment) > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
