import { median, type Result } from './rounds.ts';

/** @param header `| a | b |` */
export function mdTable(header: string, rows: readonly string[]): string {
  const columns = header.split('|').length - 2;
  return `${header}\n|${'---|'.repeat(columns)}\n${rows.join('\n')}\n`;
}

/**
 * One row a program, two columns a size: seconds with half the distance between slowest and fastest, and how many times `ours` of the same
 * condition that is. Memory is of the largest size.
 * @param oursOf label → the label of the row that it is divided by; undefined: it is ours
 */
export function contestTable(results: readonly Result[], oursOf: (label: string) => string | undefined): string {
  const sizes = [...new Set(results.map(({ size }) => size))];
  const at = (label: string, size: number): Result | undefined => results.find((result) => result.label === label && result.size === size);
  const rows = [...new Set(results.map(({ label }) => label))].map((label) => {
    const cells = sizes.map((size) => {
      const [result, ours] = [at(label, size), at(oursOf(label) ?? '', size)];
      return result === undefined ? ' | ' : `${seconds(result.wallS)} | ${ours === undefined ? '' : `${ratio(result, ours)}×`}`;
    });
    const peak = sizes.map((size) => at(label, size)?.peakMb).findLast((mb) => mb !== undefined);
    return `| ${label} | ${cells.join(' | ')} | ${peak === undefined ? '' : `${Math.round(peak)} MB`} |`;
  });
  return mdTable(`| | ${sizes.map((size) => `${size} blocks | × ours`).join(' | ')} | peak memory |`, rows);
}

/** How many times the one takes what the other takes. */
export function ratio(one: Result, other: Result): string {
  const times = median(one.wallS) / median(other.wallS);
  return times.toFixed(times < 10 ? 1 : 0);
}

export function seconds(wallS: readonly number[]): string {
  const spread = (Math.max(...wallS) - Math.min(...wallS)) / 2;
  return `${median(wallS).toFixed(2)} s${wallS.length > 1 ? ` ± ${spread.toFixed(2)}` : ''}`;
}
