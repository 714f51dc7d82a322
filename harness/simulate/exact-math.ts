/**
 * Logarithm and exponential out of additions, multiplications and divisions, which IEEE 754 rounds alike everywhere. ECMAScript leaves the last
 * bits of `Math.exp`, `Math.log` and `Math.pow` to the engine, and V8 has changed its own before; datasets must not change with Node.
 */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const SQRT_2 = 1.4142135623730951;
const INVERSE_FACTORIALS = inverseFactorials(14);

/** e^x for |x| < 700, to a few units in the last place. Reduction by ln 2 in two parts, then the Taylor series for |r| <= ln 2 / 2. */
export function exp(x: number): number {
  const k = Math.round(x / Math.LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 0;
  for (let i = INVERSE_FACTORIALS.length - 1; i >= 0; i--) sum = sum * r + (INVERSE_FACTORIALS[i] ?? 0);
  for (let i = k; i > 0; i--) sum *= 2;
  for (let i = k; i < 0; i++) sum *= 0.5;
  return sum;
}

/** Natural logarithm of 0 < x < 2^1000, to a few units in the last place: 2 artanh((m - 1) / (m + 1)) for the mantissa m near 1. */
export function ln(x: number): number {
  let mantissa = x;
  let exponent = 0;
  for (; mantissa >= SQRT_2; exponent++) mantissa *= 0.5;
  for (; mantissa < SQRT_2 / 2; exponent--) mantissa *= 2;
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let n = 23; n >= 1; n -= 2) sum = sum * square + 1 / n;
  return exponent * LN2_HIGH + (exponent * LN2_LOW + 2 * s * sum);
}

function inverseFactorials(count: number): readonly number[] {
  const values = [1];
  let factorial = 1;
  for (let n = 1; n < count; n++) values.push(1 / (factorial *= n));
  return values;
}
