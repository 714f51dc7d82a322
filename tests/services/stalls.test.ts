import { afterEach, expect, test, vi } from 'vitest';
import { StallMeter, whyUnmeasured } from '../../harness/backends/shop/stalls.ts';

afterEach(() => void vi.useRealTimers());

test('a process that is kept from running stands still', () => {
  using meter = new StallMeter();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
  expect(meter.share).toBeGreaterThan(0.9);
});

// By a clock of its own: the machine of whoever runs this may stand still meanwhile.
test('the share of the time in which nothing ran is measured, and what is asleep stands not still', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  let nowMs = 1_000;
  using meter = new StallMeter(() => nowMs);
  const pass = (ms: number): void => { for (let left = ms; left > 0; left -= 10) { nowMs += 10; vi.advanceTimersByTime(10); } };
  pass(300);
  expect(meter.share).toBe(0);
  // A scheduler is late now and then.
  nowMs += 15;
  pass(85);
  expect(meter.share).toBe(0);
  nowMs += 600;
  pass(400);
  expect(meter.share).toBeCloseTo(600 / 1400, 1);
});

test.each([0, 0.02, 0.1])('of a machine that stood still for %d of the time, what was measured is judged', (share) => expect(whyUnmeasured(share)).toBeUndefined());
test.each([0.11, 0.45])('of one that did for %d, it is not, and the reader learns why', (share) => {
  expect(whyUnmeasured(share)).toContain(`this machine stood still for ${(share * 100).toFixed(1)} % of the time`);
});
