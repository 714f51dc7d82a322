import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import { definePageCheck, type MarkdownPage, type PageFinding } from '../model/page-check.ts';
import { rangeOf, readProse, type Passage } from './prose.ts';
import { Evidence, findFigures, type Quantity } from './quantity.ts';

const rules = {
  limit: { level: 'error', summary: 'A sentence says what the block after it compares with, and the block compares with something else.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = PageFinding<keyof typeof rules>;

const FRACTIONS: Readonly<Record<string, number>> = { 'half a': 0.5, 'a quarter of a': 0.25, 'three quarters of a': 0.75, 'a fifth of a': 0.2, 'a tenth of a': 0.1, 'a hundredth of a': 0.01 };
const NUMBERS: Readonly<Record<string, number>> = { a: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, twelve: 12, fifteen: 15, twenty: 20, thirty: 30, fifty: 50, sixty: 60 };
const AMOUNT = String.raw`(?<amount>${[...Object.keys(FRACTIONS), ...Object.keys(NUMBERS)].map((words) => (words.endsWith('a') ? `${words}n?` : words)).join('|')}|\d+(?:\.\d+)?)`;
const UNIT = String.raw`(?:[\s-]+|(?<=\d))(?<unit>%|percent|per cent|ms|s|milliseconds?|seconds?|minutes?|hours?|days?|in\s+(?:a\s+)?(?:ten|twenty|hundred|thousand)|(?:requests?|orders|errors|lines|queries)\s+a\s+second)(?![\p{L}\p{N}])`;
/** A comparison in words: `longer than half a second`, `2 % or more`. Without a unit only a number counts, and not `a`. */
const LIMITS: readonly RegExp[] = [
  new RegExp(String.raw`\b(?:(?:longer|more|less|fewer|faster|slower|higher|lower) than|above|below|at least|at most|up to|exceeds?)\s+(?:${AMOUNT}${UNIT})`, 'diu'),
  // “Within five minutes” is a window as often as a limit.
  new RegExp(String.raw`\bwithin\s+${AMOUNT}(?:[\s-]+|(?<=\d))(?<unit>ms|s|milliseconds?|seconds?)(?![\p{L}\p{N}])`, 'diu'),
  new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${AMOUNT}${UNIT})\s+or\s+(?:longer|more|less)(?![\p{L}])`, 'diu'),
  new RegExp(String.raw`\b(?:more|less|fewer|higher|lower) than\s+(?<amount>${Object.keys(NUMBERS).filter((word) => word !== 'a').join('|')}|\d+(?:\.\d+)?)(?=\s+[\p{L}])`, 'diu'),
];
const SHARES: Readonly<Record<string, number>> = { ten: 10, twenty: 20, hundred: 100, thousand: 1000 };
/** What a block is asked for a limit by: a comparison, the bound of a bucket, a duration that Jaeger is asked for. */
const COMPARES = /[<>]=?\s*(?:bool\s+)?-?\d|\ble\\?=|^(?:min|max)Duration=/m;

/**
 * The sentence right before a block often says in words what the block compares with: “orders that took longer than half a second:”.
 * Then the block has that limit.
 */
export const limits = definePageCheck({
  scope: 'page',
  rules,
  check(page) {
    const passages = readProse(page).filter(({ kind, parts }) => kind === 'paragraph' && parts.length > 0);
    return page.blocks.flatMap((block): Found[] => {
      if (!COMPARES.test(block.shownText)) return [];
      const passage = passageBefore(page, block, passages);
      return passage === undefined ? [] : checkSentence(page, block, passage);
    });
  },
});

/** The paragraph that ends where the block begins; tabs around the block are nothing to a reader. */
function passageBefore({ markdown: { source } }: MarkdownPage, { fence }: Block, passages: readonly Passage[]): Passage | undefined {
  const begin = offsetOfLine(source, fence.start.line);
  const passage = passages.findLast((one) => endOf(one) <= begin);
  return passage === undefined || source.slice(endOf(passage), begin).replace(/<\/?[A-Z][^<>]*>|[\s>*_]/g, '') !== '' ? undefined : passage;
}

function offsetOfLine(source: string, line: number): number {
  let offset = 0;
  for (let count = 1; count < line; count += 1) offset = source.indexOf('\n', offset) + 1;
  return offset;
}

function endOf({ parts }: Passage): number {
  return Math.max(...parts.map(({ to }) => to));
}

function checkSentence(page: MarkdownPage, block: Block, passage: Passage): Found[] {
  const evidence = evidenceOf(block);
  const [start, sentence] = lastSentence(passage.text);
  return limitsIn(sentence).filter(({ quantity }) => !evidence.has(quantity)).map(({ text, index }) => ({
    rule: 'limit', at: rangeOf(page, passage, start + index, start + index + text.length),
    message: `Found “${text.replace(/\s+/g, ' ')}” before ${block.name === undefined ? 'a block' : `\`${block.name}\``}, expected a block that compares with it. Correct the sentence or the block: a reader takes the one for the other.`,
  }));
}

/** A colon does not end one, a soft line break is a space. */
function lastSentence(text: string): [start: number, sentence: string] {
  const last = [...new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text.replace(/[\r\n]/g, ' '))].at(-1);
  return [last?.index ?? 0, last?.segment ?? ''];
}

/** A number that a field in milliseconds is compared with is one of milliseconds. */
function evidenceOf({ shownText, attributes }: Block): Evidence {
  const evidence = new Evidence();
  evidence.add(shownText);
  evidence.add([...shownText.matchAll(/_ms\s*[<>]=?\s*(\d+(?:\.\d+)?)/g)].map(([, count]) => `${count ?? ''}ms`).join(' '));
  for (const { name, value } of attributes.values()) if (typeof value === 'string' && (name === 'range' || name === 'step')) evidence.add(value);
  return evidence;
}

/** Exported for its test: every limit that a sentence states in words, with its place. */
export function limitsIn(sentence: string): { readonly text: string; readonly index: number; readonly quantity: Quantity }[] {
  const found = LIMITS.flatMap((pattern) => [...sentence.matchAll(new RegExp(pattern.source, `${pattern.flags}g`))].flatMap((match) => {
    const quantity = toQuantity(match.groups?.['amount'] ?? '', match.groups?.['unit']);
    return quantity === undefined ? [] : [{ text: match[0], index: match.index, quantity }];
  }));
  // “more than three seconds” is no bare three.
  return found.filter((one, index) => !found.slice(0, index).some((other) => other.index <= one.index && one.index < other.index + other.text.length)).sort((left, right) => left.index - right.index);
}

function toQuantity(amount: string, unit: string | undefined): Quantity | undefined {
  const words = amount.toLowerCase().replace(/\s+/g, ' ').replace(/\ban$/, 'a');
  const value = FRACTIONS[words] ?? NUMBERS[words] ?? Number(words);
  if (unit === undefined) return { dimension: 'bare', value };
  const share = /^in\s+(?:a\s+)?(\w+)$/i.exec(unit)?.[1];
  if (share !== undefined) return { dimension: 'ratio', value: value / (SHARES[share.toLowerCase()] ?? 1) };
  return findFigures(`${value} ${unit}`)[0]?.quantities[0];
}
