import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exp, ln } from '../../harness/simulate/exact-math.ts';

const relative = (value: number, wanted: number): number => Math.abs(value - wanted) / Math.max(Math.abs(wanted), Number.MIN_VALUE);

test('exponential and logarithm are right to a few units in the last place', () => {
  fc.assert(fc.property(fc.double({ min: -40, max: 40, noNaN: true }), (x) => {
    expect(relative(exp(x), Math.exp(x))).toBeLessThan(1e-14);
  }));
  fc.assert(fc.property(fc.double({ min: 2 ** -33, max: 1, noNaN: true, minExcluded: true }), (x) => {
    // Near 1 the logarithm is near 0: an absolute error there, a relative one elsewhere.
    expect(Math.abs(ln(x) - Math.log(x))).toBeLessThan(1e-15 + Math.abs(Math.log(x)) * 1e-14);
  }));
  expect([exp(0), ln(1)]).toEqual([1, 0]);
});

test('their bits are the same on every engine: these were written down once', () => {
  const bits = new Float64Array(4000);
  for (let i = 0; i < 2000; i++) {
    bits[i] = exp((i - 1000) / 125);
    bits[2000 + i] = ln((i + 1) / 2001);
  }
  expect(createHash('sha256').update(new Uint8Array(bits.buffer)).digest('hex')).toBe('d915b14e3172e5fcfa8ed6ea78311f325fb9b01351264e6ae371c04ab6118745');
});

test('nothing of the simulator asks the engine for a transcendental function, a random number or the time', () => {
  const folder = join(import.meta.dirname, '../../harness/simulate');
  const asking = readdirSync(folder).filter((file) => /Math\.(?:exp|log|log2|log10|pow|sin|cos|tan|random)\(|Date\.now|performance\.now|new Date\(\)|toLocale|localeCompare/.test(readFileSync(join(folder, file), 'utf8')));
  expect(asking).toEqual([]);
});
