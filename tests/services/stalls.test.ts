import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { StallMeter, whyUnmeasured } from '../../harness/backends/shop/stalls.ts';

test('the share of the time in which nothing ran is measured, and what is asleep stands not still', async () => {
  using meter = new StallMeter();
  await delay(300);
  const asleep = meter.share;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
  expect(meter.share).toBeGreaterThan(0.5);
  expect(asleep).toBeLessThan(0.5);
});

test.each([0, 0.02, 0.1])('of a machine that stood still for %d of the time, what was measured is judged', (share) => expect(whyUnmeasured(share)).toBeUndefined());
test.each([0.11, 0.45])('of one that did for %d, it is not, and the reader learns why', (share) => {
  expect(whyUnmeasured(share)).toContain(`this machine stood still for ${(share * 100).toFixed(1)} % of the time`);
});
