import type { Block } from '../../model/block.ts';
import type { Finding } from '../../model/checker.ts';
import { wholeBlock } from '../answers.ts';

/** A finding at the one value of the file that a server's words name (`…: etdc`, `"etdc"`, an address); about the whole block where they name none. */
export function findNamed(block: Block, rule: string, said: string, message: string): Finding {
  const whole = wholeBlock(block, rule, message);
  for (const [, quoted, address, plain] of said.matchAll(/["'`]([^"'`\s]{2,})["'`]|\b(\d+(?:\.\d+){3}:\d+)|: ([\w./-]{2,})(?=[;]|\.?$)/g)) {
    const word = (quoted ?? address ?? plain ?? '').replace(/\.$/, '');
    const places = [...block.text.matchAll(new RegExp(`(?<=[:\\s\\[,"'])${word.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')}(?=[\\s\\],}"':]|$)`, 'g'))];
    if (places.length === 1) return { ...whole, range: { offset: places[0]?.index ?? 0, length: word.length } };
  }
  return whole;
}
