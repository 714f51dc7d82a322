import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Block, BlockId, BlockLine } from '../model/block.ts';
import type { NonEmpty } from '../model/place.ts';
import type { Word } from './read-code.ts';
import { readOnce } from '../model/read-once.ts';

const STACK = ['snippets/stack', 'snippets/stack/rules'];
const SHOPS = 'snippets/incidents/shops';

/** The files that readers start the course's stack with, and the shops that incidents are built on, as blocks with their names as titles. What pages show of them is a region. */
export function readStack(root: string): Block[] {
  return [...STACK, SHOPS].flatMap((folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)).filter((name) => /\.ya?ml$/.test(name)).sort().map((name) => toBlock(root, `${folder}/${name}`)) : []));
}

export function isShopFile({ source }: Block): boolean {
  return source?.startsWith(`${SHOPS}/`) === true;
}

/** Names under `services:` of a shop. */
export const readShopServices = readOnce((text): Word[] => {
  const section = /^services:.*\n((?:[ \t]+.*\n?|\s*\n)*)/m.exec(text);
  const start = section === null ? 0 : section.index + section[0].length - (section[1] ?? '').length;
  return [...(section?.[1] ?? '').matchAll(/^ {2}([a-z][\w-]*):/gm)].map((match) => ({ text: match[1] ?? '', range: { offset: start + match.index + 2, length: (match[1] ?? '').length } }));
});

function toBlock(root: string, file: string): Block {
  const text = readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n');
  const lines = text.split('\n').map((_, index): BlockLine => ({ file, line: index + 1, column: 1, shown: true }));
  const start = { line: 1, column: 1 };
  return {
    // No page has a name that ends so.
    id: `${file}#` as BlockId, page: file, language: 'yaml', title: basename(file), name: undefined, ordinal: 0, text, shownText: text,
    lines: lines as unknown as NonEmpty<BlockLine>, attributes: new Map(), fence: { file, start, end: start }, source: file,
  };
}
