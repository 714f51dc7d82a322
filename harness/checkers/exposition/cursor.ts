import type { TextRange } from '../../model/place.ts';
import { tokenAt } from '../support/ranges.ts';

/** Thrown inside the reader of one line only, and caught at its end. */
export class LineError extends Error {
  readonly range: TextRange;
  constructor(range: TextRange, message: string) {
    super(message);
    this.range = range;
  }
}

/** A place in one line that only moves on. Ranges are those of the whole text. */
export class Cursor {
  at = 0;
  readonly line: string;
  readonly #offset: number;

  constructor(line: string, offset: number) {
    this.line = line;
    this.#offset = offset;
  }

  get rest(): string {
    return this.line.slice(this.at);
  }

  /** Takes what the pattern matches here; undefined, and no step, when it does not. */
  take(pattern: RegExp): string | undefined {
    const match = new RegExp(pattern.source, 'uy').exec(this.rest)?.[0];
    if (match !== undefined) this.at += match.length;
    return match;
  }

  /** @throws LineError `Found …, expected …` */
  expect(pattern: RegExp, expected: string, next: string): string {
    return this.take(pattern) ?? this.fail(`expected ${expected}. ${next}`);
  }

  /** @throws LineError about the token here, where it is not given */
  fail(expectedAndNext: string, token = tokenAt(this.line, this.at) || this.rest.charAt(0)): never {
    const found = token === '' ? 'the end of the line' : token.trim() === '' ? 'a blank' : `\`${token}\``;
    throw new LineError({ offset: this.#offset + this.at, length: token.length }, `Found ${found}, ${expectedAndNext}`);
  }

  /** From an earlier place to here. */
  rangeFrom(start: number): TextRange {
    return { offset: this.#offset + start, length: this.at - start };
  }
}
