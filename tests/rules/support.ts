import type { Block, BlockId } from '../../harness/model/block.ts';

/** A block of rules as parsing would give it: text and attributes, in a page of its own. */
export function makeBlock(text: string, attributes: Readonly<Record<string, string>> = {}, options: { readonly title?: string; readonly page?: string } = {}): Block {
  const point = { line: 1, column: 1 };
  const place = { file: 'page.mdx', start: point, end: point };
  const page = options.page ?? 'day-1/page';
  const name = attributes['name'] ?? 'rules';
  const lines = text.split('\n').map((_, index) => ({ file: 'page.mdx', line: index + 2, column: 1, shown: true }));
  return {
    id: `${page}#${name}` as BlockId, page, language: 'yaml', title: options.title ?? 'checkout.rules.yml', name, ordinal: 0,
    text, shownText: text, lines: lines as unknown as Block['lines'],
    attributes: new Map(Object.entries({ name, ...attributes }).map(([key, value]) => [key, { name: key, value, place }])),
    fence: place, source: undefined,
  };
}
