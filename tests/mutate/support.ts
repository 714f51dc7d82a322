import type { Block, BlockId } from '../../harness/model/block.ts';

export interface BlockOptions {
  readonly language?: string;
  readonly name?: string;
  readonly ordinal?: number;
  readonly source?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** 0-based lines that a reader does not see. */
  readonly hidden?: readonly number[];
}

/** A block as parsing would give it, on a page of its own. */
export function makeBlock(text: string, { language = 'promql', name = 'block', ordinal = 0, source, attributes = {}, hidden = [] }: BlockOptions = {}): Block {
  const start = { line: 1, column: 1 };
  const place = { file: 'page.mdx', start, end: start };
  return {
    id: `day-1/page#${name}` as BlockId, page: 'day-1/page', language, title: undefined, name, ordinal, text, shownText: text,
    lines: text.split('\n').map((_, index) => ({ file: 'page.mdx', line: index + 2, column: 1, shown: !hidden.includes(index) })) as unknown as Block['lines'],
    attributes: new Map(Object.entries({ name, ...attributes }).map(([key, value]) => [key, { name: key, value, place }])), fence: place, source,
  };
}
