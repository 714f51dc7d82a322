import type { Attribute, Block, BlockId } from '../model/block.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import { readAttributes } from './block-attributes.ts';
import { joinLines, readFencedLines } from './fenced-text.ts';
import type { BlockText } from './fenced-text.ts';
import { refuseUnreadable } from './size.ts';
import { includeFile } from './include.ts';
import { diagnose } from './rules.ts';
import type { Fence } from './tree.ts';

/** What the blocks of one page share. */
export interface PageSource {
  readonly root: string;
  readonly file: string;
  readonly id: string;
  readonly lines: readonly string[];
  readonly knownAttributes: readonly string[];
}

const openingFence = /^(`{3,}|~{3,})[ \t]*(\S*)[ \t]*(.*?)[ \t]*$/;
/** At least one letter, so that no name reads like the ordinal of a nameless block. */
const blockName = /^(?=.*[a-z])[a-z0-9-]+$/;

/** Makes the block of one fence. Names are unique on a page only after `withUniqueNames`. */
export function readBlock(fence: Fence, ordinal: number, page: PageSource): { block: Block; diagnostics: readonly Diagnostic[] } {
  const { line, column } = fence.node.position?.start ?? { line: 1, column: 1 };
  const opening = (page.lines[line - 1] ?? '').slice(column - 1);
  const [, marks = '', language = '', meta = ''] = openingFence.exec(opening) ?? [];
  const place: Place = { file: page.file, start: { line, column }, end: { line, column: column + opening.trimEnd().length } };
  const metaColumn = column + opening.trimEnd().length - meta.length;
  const { attributes, diagnostics } = readAttributes(meta, { file: page.file, line, column: metaColumn }, page.knownAttributes);
  const text = refuseUnreadable(readText(fence, place, attributes, page), language, place);
  const name = attributes.get('name');
  const named = typeof name?.value === 'string' && blockName.test(name.value) ? name.value : undefined;
  const title = attributes.get('title')?.value;
  const block: Block = {
    id: blockId(page.id, named ?? ordinal),
    page: page.id,
    language,
    title: typeof title === 'string' ? title : undefined,
    name: named,
    ordinal,
    ...text.content,
    attributes,
    fence: place,
  };
  return { block, diagnostics: [...judgeFence(fence, place, language, marks), ...judgeSwallowed(fence, place, marks), ...diagnostics, ...judgeName(name), ...text.diagnostics] };
}

export function blockId(page: string, nameOrOrdinal: string | number): BlockId {
  return `${page}#${nameOrOrdinal}` as BlockId;
}

function readText(fence: Fence, place: Place, attributes: Block['attributes'], page: PageSource): { content: BlockText; diagnostics: readonly Diagnostic[] } {
  const fenced = readFencedLines(fence, place, page.lines);
  const file = attributes.get('file');
  if (typeof file?.value !== 'string' || file.value === '') return { content: joinLines(fenced.lines, place, undefined), diagnostics: fenced.diagnostics };
  const included = includeFile(page.root, file);
  const hasOwnText = fenced.lines.some((line) => line.text.trim() !== '');
  const message = `This fence shows \`${file.value}\` and has text of its own, which nobody would check. Empty the fence, or remove \`file\`.`;
  const own = hasOwnText ? [diagnose('included-not-empty', place, message)] : [];
  return { content: joinLines(included.lines, place, included.source), diagnostics: [...own, ...included.diagnostics] };
}

function judgeFence({ closed }: Fence, place: Place, language: string, marks: string): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  if (!closed) diagnostics.push(diagnose('unclosed-fence', place, `This fence is never closed, so that everything after it is code. Where it ends, add a line with nothing but ${marks} on it.`));
  if (language === '') diagnostics.push(diagnose('missing-language', place, 'This fence has no tag, expected its language right after the fence. Write `text` for plain text.'));
  else if (/^[{"'/]|=/.test(language)) diagnostics.push(diagnose('missing-language', place, `This fence begins with the attribute \`${language}\`, expected its language first. Write \`text\` for plain text.`));
  return diagnostics;
}

/** A fence that opens inside a block: the block was to end before it, and goes on to the next bare fence. */
function judgeSwallowed({ node, closed }: Fence, place: Place, marks: string): Diagnostic[] {
  const index = node.value.split('\n').findIndex((line) => line.startsWith(marks) && /^(`{3,}|~{3,})[a-z]+(\s|$)/.test(line));
  if (!closed || index < 0) return [];
  const line = place.start.line + 1 + index;
  const message = `This fence is still open at line ${line}, where another begins, so that both and what is between them are one block. Add a line with nothing but ${marks} where it ends.`;
  return [diagnose('unclosed-fence', place, message)];
}

function judgeName(name: Attribute | undefined): Diagnostic[] {
  if (typeof name?.value !== 'string' || name.value === '' || blockName.test(name.value)) return [];
  return [diagnose('bad-name', name.place, `The name \`${name.value}\` is not usable, expected lower-case letters, digits and hyphens with at least one letter. Rename the block.`)];
}

/** Keeps a name for the first block that has it; the others are known by their ordinal and reported. */
export function withUniqueNames(blocks: readonly Block[]): { blocks: readonly Block[]; diagnostics: readonly Diagnostic[] } {
  const firstByName = new Map<string, Block>();
  const diagnostics: Diagnostic[] = [];
  const unique = blocks.map((block) => {
    if (block.name === undefined) return block;
    const first = firstByName.get(block.name);
    if (first === undefined) {
      firstByName.set(block.name, block);
      return block;
    }
    const placeOf = (named: Block): Place => named.attributes.get('name')?.place ?? named.fence;
    const message = `The name \`${block.name}\` is taken on this page, expected one of its own. Rename this block.`;
    diagnostics.push(diagnose('duplicate-name', placeOf(block), message, [{ message: 'first used here', place: placeOf(first) }]));
    return { ...block, id: blockId(block.page, block.ordinal), name: undefined };
  });
  return { blocks: unique, diagnostics };
}
