import { HarnessError } from '../../model/verdict.ts';
import type { Block } from '../../model/block.ts';
import type { CheckContext } from '../../model/checker.ts';
import type { Dataset } from '../../model/dataset.ts';
import { attributeText } from './attributes.ts';

/** What a query is asked of. */
export type World =
  | { readonly kind: 'dataset'; readonly dataset: Dataset }
  /** A block that listens: its own backends hold what its code declares. */
  | { readonly kind: 'live'; readonly block: Block }
  /** Nothing that can be had. Planning tells the author why; names cannot be checked. */
  | { readonly kind: 'none' };

/**
 * Finds what a query block is asked of.
 * @throws HarnessError of the context; its other errors mean an unknown dataset, which planning reports at the attribute
 */
export function findWorld(block: Block, context: CheckContext): World {
  const continued = attributeText(block, 'continues');
  if (continued !== undefined) {
    const live = context.allBlocks.find((other) => other.page === block.page && other.name === continued);
    return live === undefined ? { kind: 'none' } : { kind: 'live', block: live };
  }
  const name = context.datasetOf(block);
  if (name === undefined) return { kind: 'none' };
  try {
    return { kind: 'dataset', dataset: context.dataset(name) };
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    return { kind: 'none' };
  }
}
