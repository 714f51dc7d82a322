import type { Attribute, Block, BlockId } from '../model/block.ts';
import type { Mutant } from './mutant.ts';

/**
 * The blocks of a page that a fault reaches: its own, those that show the same file, those that read it, and those that continue one of these. Own first.
 * @param readers blocks that import the file of the fault, or are diffs of it: they keep their text, and find the fault beside it
 */
export function copyWithFault({ block, text }: Mutant, mark: string, page: readonly Block[], readers: ReadonlySet<Block> = new Set()): Block[] {
  const shares = (other: Block): boolean => other === block || (block.source !== undefined && other.source === block.source);
  const overlay = block.source === undefined ? [] : [{ path: block.source, text }];
  const reached = page.filter((other) => shares(other) || readers.has(other));
  for (let grown = true; grown;) {
    const more = page.filter((other) => !reached.includes(other) && reached.some((base) => continues(other, base)));
    reached.push(...more);
    grown = more.length > 0;
  }
  const names = new Set(reached.flatMap(({ name }) => name ?? []));
  const copies = [block, ...reached.filter((other) => other !== block)].map((other): Block => {
    const copied = copy(other, shares(other) ? text : other.text, mark, names);
    return readers.has(other) && !shares(other) ? { ...copied, overlay } : copied;
  });
  return copies.map((one) => withContinuedText(one, [...copies, ...page]));
}

/** Blocks of other pages that show the file with the fault. */
export function copyElsewhere({ block, text }: Mutant, mark: string, others: readonly Block[]): Block[] {
  return block.source === undefined ? [] : others.filter((other) => other.source === block.source && other.page !== block.page).map((other) => copy(other, text, mark, new Set()));
}

function continues(block: Block, base: Block): boolean {
  return base.name !== undefined && block.attributes.get('continues')?.value === base.name;
}

/** Under a name and a path of its own, also where the block has none: all copies stand beside each other. */
function copy(block: Block, text: string, mark: string, renamed: ReadonlySet<string>): Block {
  const rename = (name: string): string => `${name}-${mark}`;
  const attributes = new Map([...block.attributes].map(([name, attribute]): [string, Attribute] => {
    const isName = name === 'name' || (['continues', 'control'].includes(name) && renamed.has(String(attribute.value)));
    return [name, isName && typeof attribute.value === 'string' ? { ...attribute, value: rename(attribute.value) } : attribute];
  }));
  const lines = text.split('\n');
  return {
    ...block, id: `${block.id}~${mark}` as BlockId, name: rename(block.name ?? `block${block.ordinal}`), text, attributes,
    shownText: lines.filter((_, index) => block.lines[index]?.shown === true).join('\n'),
    source: block.source?.replace(/(?=\.[^./]+$)/, `-${mark}`),
  };
}

/** As parsing puts it together: the texts that come before, in order. */
function withContinuedText(block: Block, blocks: readonly Block[]): Block {
  const name = block.attributes.get('continues')?.value;
  const base = name === undefined ? undefined : blocks.find((other) => other.name === name);
  if (base === undefined) return block;
  const before = base.ordinal < block.ordinal ? withContinuedText(base, blocks).continuedText : undefined;
  return { ...block, continuedText: before === undefined ? base.text : `${before}\n${base.text}` };
}
