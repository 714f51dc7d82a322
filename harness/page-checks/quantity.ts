/** A number with its unit in the base unit of its dimension: seconds, 1, bytes, a second; money keeps its currency. */
export interface Quantity {
  readonly dimension: string;
  readonly value: number;
}
/** A quantity as prose writes it, with its place in the text. A range (`5–10 %`) is two quantities. */
export interface Figure {
  readonly text: string;
  readonly index: number;
  readonly quantities: readonly Quantity[];
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Spelling of a unit → dimension and factor to the base unit. Longer spellings first where one begins another. */
const UNITS: readonly (readonly [RegExp, string, number])[] = [
  [/^(?:%|per\s?cent|percent)$/i, 'ratio', 0.01],
  [/^(?:requests?|queries|orders|errors|samples|spans|lines)\s+(?:a|per|each)\s+second$|^(?:req\/s|rps|qps|\/s)$/i, 'rate', 1],
  [/^(?:ns|nanoseconds?)$/, 'seconds', 1e-9],
  [/^(?:µs|μs|us|microseconds?)$/, 'seconds', 1e-6],
  [/^(?:ms|milliseconds?)$/, 'seconds', 1e-3],
  [/^(?:s|secs?|seconds?)$/, 'seconds', 1],
  [/^(?:m|mins?|minutes?)$/, 'seconds', MINUTE],
  [/^(?:h|hrs?|hours?)$/, 'seconds', HOUR],
  [/^(?:d|days?)$/, 'seconds', DAY],
  [/^(?:w|weeks?)$/, 'seconds', 7 * DAY],
  [/^(?:months?)$/, 'seconds', 30 * DAY],
  [/^(?:y|years?)$/, 'seconds', 365 * DAY],
  [/^(?:bytes?)$/, 'bytes', 1],
  [/^[kK]B$/, 'bytes', 1e3], [/^MB$/, 'bytes', 1e6], [/^GB$/, 'bytes', 1e9], [/^TB$/, 'bytes', 1e12],
  [/^KiB$/, 'bytes', 2 ** 10], [/^MiB$/, 'bytes', 2 ** 20], [/^GiB$/, 'bytes', 2 ** 30], [/^TiB$/, 'bytes', 2 ** 40],
  [/^[×x]$/, 'times', 1],
];
const MAGNITUDES: Readonly<Record<string, number>> = { thousand: 1e3, k: 1e3, million: 1e6, m: 1e6, billion: 1e9, bn: 1e9 };

const NUMBER = String.raw`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?`;
const WORDS = String.raw`per\s?cent|percent|(?:requests?|queries|orders|errors|samples|spans|lines)\s+(?:a|per|each)\s+second|req\/s|rps|qps|nanoseconds?|microseconds?|milliseconds?|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|months?|years?|bytes?|[kKMGT]B|[KMGT]iB|ns|µs|μs|us|ms|s|m|h|d|w|y`;
/** Not inside a word, a version, a path, a date or a clock time. */
const BEFORE = String.raw`(?<![\p{L}\p{N}_.:/$€£-]|\p{N},)`;
const IN_PROSE = new RegExp(String.raw`${BEFORE}(?:(?:(${NUMBER})\s*(?:[–-]|to)\s*)?(${NUMBER})(?:(?:(?:\s+|-)?(${WORDS}))(?![\p{L}\p{N}])|\s*(%|\/s(?![\p{L}\p{N}])|×|x(?![\p{L}\p{N}])))|([$€£])\s?(${NUMBER})(?:\s*(thousand|million|billion|bn|k|m)(?![\p{L}\p{N}]))?)`, 'giu');

/** Every number with a unit, percentage or amount of money in a text; clock times, dates, versions and bare numbers are none. */
export function findFigures(text: string): Figure[] {
  return [...text.matchAll(IN_PROSE)].map(({ 0: written, 1: low, 2: high, 3: word, 4: sign, 5: currency, 6: amount, 7: magnitude, index }) => {
    if (currency !== undefined) return { text: written, index, quantities: [{ dimension: currency, value: toNumber(amount) * (MAGNITUDES[magnitude?.toLowerCase() ?? ''] ?? 1) }] };
    const [dimension, factor] = unitOf(word ?? sign ?? '');
    return { text: written, index, quantities: [low, high].flatMap((number) => (number === undefined ? [] : [{ dimension, value: toNumber(number) * factor }])) };
  });
}

function unitOf(written: string): [string, number] {
  const [, dimension = 'times', factor = 1] = UNITS.find(([spelling]) => spelling.test(written)) ?? UNITS.find(([spelling]) => spelling.test(written.toLowerCase())) ?? [];
  return [dimension, factor];
}

function toNumber(written: string | undefined): number {
  return Number((written ?? '').replaceAll(',', ''));
}

/** Where code gives a bare number a meaning of its own: behind a comparison or an equals sign, and in a list. */
const MEANT = /[<>=[,]\s*["']?$/;
const IN_CODE = /(?<![\p{L}\p{N}_.])(\d+(?:\.\d+)?)\s?(%|ns|us|µs|ms|[smhdwy](?![\p{L}])|[kKMGT]i?B(?![\p{L}]))?(?![\p{L}\p{N}]*\.\d)/gu;
const DURATION = /(?<![\p{L}\p{N}_.])(?:\d+(?:\.\d+)?(?:ms|us|ns|[smhdwy])){2,}(?![\p{L}\p{N}])/gu;

/**
 * What code says: quantities with a unit (`15s`, `5m30s`, `80 %`), and bare numbers
 * behind a comparison (`> 2`, `le="0.1"`), or in a list, which count as base units of any dimension.
 */
export class Evidence {
  readonly #known = new Set<string>();

  add(code: string): void {
    for (const { 1: number, 2: unit, index } of code.matchAll(IN_CODE)) {
      if (unit === undefined && !MEANT.test(code.slice(Math.max(0, index - 8), index))) continue;
      const [dimension, factor] = unit === undefined ? ['bare', 1] : unitOf(unit);
      this.#known.add(keyOf({ dimension, value: Number(number) * factor }));
    }
    for (const [duration] of code.matchAll(DURATION)) {
      const seconds = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|us|ns|[smhdwy])/g)].reduce((sum, [, number, unit]) => sum + Number(number) * unitOf(unit ?? '')[1], 0);
      this.#known.add(keyOf({ dimension: 'seconds', value: seconds }));
    }
  }

  has(quantity: Quantity): boolean {
    return this.#known.has(keyOf(quantity)) || this.#known.has(keyOf({ dimension: 'bare', value: quantity.value }));
  }
}

/** Equal up to what floating point adds: 2 % is 0.02. */
function keyOf({ dimension, value }: Quantity): string {
  return `${dimension} ${value.toPrecision(10)}`;
}
