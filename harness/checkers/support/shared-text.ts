import type { Block } from '../../model/block.ts';

/** A place in a text that several blocks may show parts of. */
export interface TextFinding {
  /** UTF-16, from the beginning of the text. */
  readonly offset: number;
}

/** Several blocks may show regions of one file: a mistake belongs to those that show its line, else to the first. */
export function assignToShowing<T extends TextFinding>(found: readonly T[], blocks: readonly Block[]): ReadonlyMap<Block, readonly T[]> {
  const of = new Map<Block, T[]>(blocks.map((block) => [block, []]));
  for (const each of found) {
    const showing = blocks.filter((block) => block.lines[block.text.slice(0, each.offset).split('\n').length - 1]?.shown === true);
    for (const block of showing.length > 0 ? showing : blocks.slice(0, 1)) of.get(block)?.push(each);
  }
  return of;
}
