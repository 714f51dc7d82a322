/** Growth of 2^(1/8) a bucket: what client libraries choose for their usual factor of 1.1. */
export const NATIVE_SCHEMA = 3;
/** 2^(-7/8) to 2^0: where the buckets between two powers of two end. */
const EIGHTHS = [
  0.5452538663326288, 0.5946035575013605, 0.6484197773255048, 0.7071067811865476, 0.7711054127039704, 0.8408964152537145, 0.9170040432046712, 1,
];

/** For seconds > 0, the index i with 2^((i-1)/8) < seconds <= 2^(i/8), without asking the engine for a logarithm. */
export function nativeIndex(seconds: number): number {
  let mantissa = seconds;
  let power = 0;
  for (; mantissa > 1; power++) mantissa *= 0.5;
  for (; mantissa <= 0.5; power--) mantissa *= 2;
  let eighth = 0;
  while (mantissa > (EIGHTHS[eighth] ?? 1)) eighth++;
  return power * 8 - 7 + eighth;
}
