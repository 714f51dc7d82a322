import type { Attribute, Block } from './block.ts';

/** Where the same query must be answered otherwise. */
export interface Control {
  /** Of a query over datasets; undefined: its own. */
  readonly dataset: string | undefined;
  /** `14:10` on that dataset's clock; undefined: as the block says. */
  readonly at: string | undefined;
  /** Of a query that continues a live block: the other live block. */
  readonly continues: string | undefined;
}

/** Reads `control=` of a query: `healthy`, `@14:10`, `healthy@14:10`, or the name of a live block. Undefined: it has none. */
export function readControl({ attributes }: Pick<Block, 'attributes'>): Control | undefined {
  const value = attributes.get('control')?.value;
  if (typeof value !== 'string' || attributes.has('never')) return undefined;
  if (attributes.has('continues')) return { dataset: undefined, at: undefined, continues: value };
  const [dataset = '', at] = value.split('@');
  return { dataset: dataset.trim() === '' ? undefined : dataset.trim(), at: at?.trim(), continues: undefined };
}

/** The block as it is asked there: under an id of its own. */
export function asControl(block: Block, { at, continues }: Control): Block {
  const changed = Object.entries({ at, continues }).flatMap(([name, value]): [string, Attribute][] => (value === undefined ? [] : [[name, { name, value, place: block.fence }]]));
  return { ...block, id: `${block.id}~control` as Block['id'], attributes: new Map([...block.attributes, ...changed]) };
}
