import { createHash } from 'node:crypto';
import type { Block } from '../model/block.ts';
import type { Place } from '../model/place.ts';
import type { Change, Fault } from './fault.ts';
import { readSample, readsChange } from './sample.ts';

/** A block with one fault in it. */
export interface Mutant {
  /** `day-1/checkout-lag#mean window "5m" → "25m"`, with ` (2)` where that can be said of two places. Stays the same while lines move. */
  readonly id: string;
  readonly block: Block;
  /** Name of the checker of its block. */
  readonly kind: string;
  readonly fault: string;
  readonly place: Place;
  readonly from: string;
  readonly to: string;
  /** The whole text with the fault. */
  readonly text: string;
}

/**
 * Every mutant of a block, in order of faults, then of the text. Two faults that come to the same text are one mutant, of the first.
 * @param placeOf where a range of the block stands in its file
 */
export function seedMutants(block: Block, kind: string, faults: readonly Fault[], placeOf: (block: Block, change: Change) => Place): Mutant[] {
  const sample = readSample(block, kind);
  const isRead = readsChange(block, sample);
  const texts = new Set([block.text]);
  const said = new Map<string, number>();
  return faults.flatMap((fault) => fault.seed(sample).filter(isRead).flatMap((change): Mutant[] => {
    const text = `${block.text.slice(0, change.offset)}${change.to}${block.text.slice(change.offset + change.length)}`;
    if (texts.has(text)) return [];
    texts.add(text);
    const from = block.text.slice(change.offset, change.offset + change.length);
    const words = `${block.id} ${fault.name} ${JSON.stringify(from)} → ${JSON.stringify(change.to)}`;
    const count = (said.get(words) ?? 0) + 1;
    said.set(words, count);
    return [{ id: count === 1 ? words : `${words} (${count})`, block, kind, fault: fault.name, place: placeOf(block, change), from, to: change.to, text }];
  }));
}

/**
 * At most so many mutants of each fault in each block: which, the seed decides. The same seed picks the same ones, whatever else the
 * page holds.
 */
export function sampleMutants(mutants: readonly Mutant[], seed: string, perFault: number): Mutant[] {
  const chosen = new Set([...Map.groupBy(mutants, ({ block, fault }) => `${block.id} ${fault}`).values()].flatMap((group) => orderBySeed(group, seed).slice(0, perFault)));
  return mutants.filter((mutant) => chosen.has(mutant));
}

/** In an order that the seed decides. */
export function orderBySeed<T extends { readonly id: string }>(items: readonly T[], seed: string): T[] {
  const key = ({ id }: T): string => createHash('sha256').update(`${seed}\n${id}`).digest('hex');
  return items.map((item) => [key(item), item] as const).sort(([left], [right]) => (left < right ? -1 : 1)).map(([, item]) => item);
}
