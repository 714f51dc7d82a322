import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createProgress } from '../../harness/report/index.ts';
import { labelProgress } from '../../harness/report/progress.ts';
import { advanceProgress, estimateLeftMs, formatDuration, renderProgress, startProgress } from '../../harness/report/progress-line.ts';
import type { ProgressEvent, ProgressState } from '../../harness/report/progress-line.ts';

const advance = (events: readonly (readonly [number, ProgressEvent])[]): ProgressState => events.reduce((state, [nowMs, event]) => advanceProgress(state, event, nowMs), startProgress(0));
const done = { kind: 'done', name: 'x' } as const;

describe('the line', () => {
  test('what runs now, n of m, since when, time left', () => {
    const state = advance([[0, { kind: 'begin', total: 12 }], [0, { kind: 'say', message: 'starting\n prometheus' }], [20_000, done], [21_000, done], [22_000, done]]);
    expect(renderProgress(state, 22_000, 80)).toBe('3/12 · starting prometheus · 22 s · about 9 s left');
  });

  test('says only what it knows', () => {
    expect(renderProgress(startProgress(0), 0, 80)).toBe('');
    expect(renderProgress(advance([[0, { kind: 'say', message: 'checking' }]]), 100, 80)).toBe('checking');
    expect(renderProgress(advance([[0, { kind: 'begin', total: 2 }], [5, done]]), 100, 80)).toBe('1/2');
  });

  test('no guess of the time left from fewer than three blocks, and none at the end', () => {
    expect(estimateLeftMs(advance([[0, { kind: 'begin', total: 9 }], [1, done], [2, done]]), 3)).toBeUndefined();
    expect(estimateLeftMs(advance([[0, { kind: 'begin', total: 3 }], [1, done], [2, done], [3, done]]), 3)).toBeUndefined();
  });

  test('never more done than there are', () => {
    expect(advance([[0, { kind: 'begin', total: 1 }], [1, done], [2, done]])).toMatchObject({ done: 2, total: 2 });
  });

  test('is cut to the terminal, wide characters and all, and hostile text is spelt out', () => {
    expect(renderProgress(advance([[0, { kind: 'say', message: 'abcdefgh' }]]), 0, 5)).toBe('abcd…');
    expect(renderProgress(advance([[0, { kind: 'say', message: '日本語日本語' }]]), 0, 6)).toBe('日本…');
    expect(renderProgress(advance([[0, { kind: 'say', message: '\u001B[2J' }]]), 0, 80)).toBe('\\u{1b}[2J');
  });

  test('durations', () => {
    expect([400, 59_400, 60_000, 125_000].map(formatDuration)).toEqual(['0 s', '59 s', '1 min 00 s', '2 min 05 s']);
  });
});

describe('the writer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const record = (isTTY: boolean): { written: string[]; progress: ReturnType<typeof createProgress> } => {
    const written: string[] = [];
    return { written, progress: createProgress({ stream: { isTTY, columns: 40, write: (text) => written.push(text) }, now: () => Date.now() }) };
  };

  test('redraws one line on a terminal, not too often, ticks while it waits, and wipes it at the end', () => {
    const { written, progress } = record(true);
    progress.begin(2);
    progress.say('loading');
    progress.say('asking');
    expect(written).toEqual(['\r\u001B[K0/2']);
    vi.advanceTimersByTime(1000);
    expect(written.at(-1)).toBe('\r\u001B[K0/2 · asking');
    vi.advanceTimersByTime(4000);
    expect(written.at(-1)).toBe('\r\u001B[K0/2 · asking · 5 s');
    progress.end();
    expect(written.at(-1)).toBe('\r\u001B[K');
    const count = written.length;
    vi.advanceTimersByTime(60_000);
    expect(written).toHaveLength(count);
  });

  test('elsewhere writes a plain line now and then', () => {
    const { written, progress } = record(false);
    progress.begin(3);
    progress.say('building prometheus');
    progress.done('a');
    vi.advanceTimersByTime(25_000);
    progress.end();
    expect(written).toEqual(['0/3\n', '1/3 · building prometheus · 10 s\n', '1/3 · building prometheus · 20 s\n']);
  });

  test('says what a longer run is at, on the same line', () => {
    const { written, progress } = record(false);
    const labelled = labelProgress(progress, 'incidents/retry (3 of 32)');
    labelled.begin(3);
    labelled.say('checking');
    labelled.done('a');
    vi.advanceTimersByTime(10_000);
    labelled.end();
    expect(written).toEqual(['0/3\n', '1/3 · incidents/retry (3 of 32): checking · 10 s\n']);
  });

  test('nothing was drawn, nothing is wiped', () => {
    const { written, progress } = record(true);
    progress.end();
    expect(written).toEqual([]);
  });
});
