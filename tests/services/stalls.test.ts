import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { measure, StallMeter, type Measurement } from '../../harness/backends/shop/stalls.ts';

test('a machine that stands still is noticed, and one that sleeps is not', async () => {
  using meter = new StallMeter();
  await delay(100);
  const beforeMs = meter.longestMs;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  await delay(30);
  expect(meter.longestMs).toBeGreaterThan(250);
  expect(beforeMs).toBeLessThan(250);
});

const held: Measurement<string> = { value: 'held', holds: true, longestStallMs: 200 };
const contradicted: Measurement<string> = { value: 'contradicted', holds: false, longestStallMs: 5 };
const disturbed: Measurement<string> = { value: 'disturbed', holds: false, longestStallMs: 120 };

test.each([
  ['what holds is measured once, whatever the machine did', [held, disturbed], 'held', 1],
  ['what a machine that kept time contradicts stays contradicted', [contradicted, held], 'contradicted', 1],
  ['what a machine that stood still contradicts is measured again', [disturbed, held], 'held', 2],
  ['and may be contradicted then', [disturbed, contradicted, held], 'contradicted', 2],
  ['three times at most', [disturbed, disturbed, disturbed, held], 'disturbed', 3],
])('%s', async (_, measurements, value, attempts) => {
  const said: string[] = [];
  let count = 0;
  expect(await measure(() => Promise.resolve(measurements[count++] as Measurement<string>), (message) => said.push(message))).toBe(value);
  expect(count).toBe(attempts);
  expect(said).toEqual(Array.from({ length: attempts - 1 }, (__, index) => `this machine stood still for 0.12 s while it took its course, and what was measured is the machine's: measured again (${index + 2} of 3)`));
});
