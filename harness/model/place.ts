/** A point in a file. Both numbers are 1-based; the column counts UTF-16 units. */
export interface Point {
  readonly line: number;
  readonly column: number;
}
/** Part of a file, half-open: `end` is the point after the last character. `file` is relative to the repository. */
export interface Place {
  readonly file: string;
  readonly start: Point;
  readonly end: Point;
}
/** Part of one block's text: 0-based UTF-16 offset and length. */
export interface TextRange {
  readonly offset: number;
  readonly length: number;
}
export type NonEmpty<T> = readonly [T, ...T[]];
