import type { Block } from '../../harness/model/block.ts';
import type { BlockId } from '../../harness/model/block.ts';

let ordinal = 0;
/** A TypeScript block as parsing would give it, all lines shown. */
export function makeBlock(text: string, more: { readonly name?: string; readonly source?: string; readonly attributes?: Readonly<Record<string, string>> } = {}): Block {
  const place = { file: 'docs/content/docs/day-1/page.mdx', start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
  ordinal += 1;
  const name = more.name ?? `block-${ordinal}`;
  const lines = text.split('\n').map((_, index) => ({ file: place.file, line: index + 2, column: 1, shown: true }));
  return {
    id: `day-1/page#${name}` as BlockId,
    page: 'day-1/page',
    language: 'ts',
    title: undefined,
    name,
    ordinal,
    text,
    shownText: text,
    lines: lines as unknown as Block['lines'],
    attributes: new Map(Object.entries(more.attributes ?? {}).map(([key, value]) => [key, { name: key, value, place }])),
    fence: place,
    source: more.source,
  };
}
