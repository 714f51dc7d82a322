import type { Block } from '../../model/block.ts';

/** Text of an attribute; undefined when it is absent or a bare word. */
export function attributeText(block: Block, name: string): string | undefined {
  const value = block.attributes.get(name)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** True for a block that is executed: neither `no_run` nor `ignore`. */
export function isRun(block: Block): boolean {
  return !block.attributes.has('no_run') && !block.attributes.has('ignore');
}
