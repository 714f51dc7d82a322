import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import type { Block } from '../model/block.ts';
import type { Dataset } from '../model/dataset.ts';
import type { Rule } from '../model/diagnostic.ts';
import type { TextRange } from '../model/place.ts';
import { HarnessError } from '../model/verdict.ts';
import { judgeLine } from './json/judge-line.ts';
import { tokenAt } from './support/ranges.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'The block, or a line of it, is not valid JSON.' },
  'duplicate-key': { level: 'error', summary: 'An object has the same key twice; readers of JSON keep only one.' },
  'not-an-object': { level: 'error', summary: 'A log line is valid JSON, but no object.' },
  'missing-field': { level: 'error', summary: 'A log line of the shop lacks a field that every line has.' },
  'wrong-field': { level: 'error', summary: 'A field of a log line has the wrong type or a value that does not exist.' },
  'unknown-field': { level: 'error', summary: 'A log line has a field that the service never logs with this event.' },
  'other-value': { level: 'error', summary: 'The dataset has this very log line, and it says something else.' },
} as const satisfies Readonly<Record<string, Rule>>;
type RuleName = keyof typeof rules;
type Found = Omit<Finding<RuleName>, 'block'>;

/** jsonc-parser's codes in a person's words. */
const EXPECTED: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a value: a quoted string, a number, true, false, null, an object or a list',
  InvalidNumberFormat: 'a number as JSON writes it, such as 0.5',
  PropertyNameExpected: 'a key in double quotes',
  ValueExpected: 'a value',
  ColonExpected: '`:`',
  CommaExpected: '`,`',
  CloseBraceExpected: '`}`',
  CloseBracketExpected: '`]`',
  EndOfFileExpected: 'nothing more: JSON is one value',
  InvalidCommentToken: 'no comment: use the tag jsonc where comments are allowed',
  UnexpectedEndOfString: 'the closing `"`',
};
/** The log contract: what every line of a service carries. */
const REQUIRED_FIELDS = ['ts', 'level', 'service', 'instance', 'msg', 'event'];
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** JSON, and log lines: one JSON object a line, those of the shop by its log contract. */
export const json = defineChecker({
  name: 'json',
  languages: ['json', 'jsonc', 'jsonl', 'ndjson'],
  attributes: ['dataset'],
  rules,
  check: async (blocks, context) => blocks.flatMap((block) => checkBlock(block, context).map((found) => ({ block, ...found }))),
});

function checkBlock(block: Block, context: CheckContext): Found[] {
  const lines = block.language === 'jsonl' || block.language === 'ndjson' || /\.(jsonl|ndjson)$/.test(block.title ?? '');
  if (block.text.trim() === '') return [{ rule: 'syntax-error', range: { offset: 0, length: 0 }, message: 'Found an empty block, expected JSON. Write it, or remove the block.' }];
  return lines ? checkLines(block.text, findDataset(block, context)) : checkText(block.text, 0, block.language === 'jsonc').found;
}

/** Undefined without one, or when there is none of that name: planning says so. */
function findDataset(block: Block, context: CheckContext): Dataset | undefined {
  const name = context.datasetOf(block);
  try {
    return name === undefined ? undefined : context.dataset(name);
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    return undefined;
  }
}

function checkLines(text: string, dataset: Dataset | undefined): Found[] {
  const spread = findSpread(text);
  if (spread !== undefined) return [spread];
  const found: Found[] = [];
  let offset = 0;
  for (const line of text.split('\n')) {
    if (line.trim() !== '') found.push(...checkLine(line, offset, dataset));
    offset += line.length + 1;
  }
  return found;
}

/** One value over several lines: each line of it would be a mistake of its own. */
function findSpread(text: string): Found | undefined {
  const lines = text.trim().split('\n');
  if (lines.length < 2 || checkText(text, 0, false).found.length > 0) return undefined;
  const offset = text.indexOf(lines[0] ?? '');
  return { rule: 'syntax-error', range: { offset, length: (lines[0] ?? '').trimEnd().length }, message: `Found one value over ${lines.length} lines, expected one value a line. Join the lines, or change the tag to json.` };
}

function checkLine(line: string, offset: number, dataset: Dataset | undefined): Found[] {
  const { found, root } = checkText(line, offset, false);
  if (found.length > 0 || root === undefined) return found;
  const range = { offset: offset + root.offset, length: root.length };
  if (root.type !== 'object') return [{ rule: 'not-an-object', range, message: `Found ${root.type === 'array' ? 'an' : 'a'} ${root.type}, expected an object: a log line names its fields. Write {"msg": …}.` }];
  const fields = new Map((root.children ?? []).map((property) => [String(property.children?.[0]?.value), property.children?.[1]]));
  // Lines of other programs have other fields.
  if (!fields.has('service') || !fields.has('level')) return [];
  const missing = REQUIRED_FIELDS.filter((name) => !fields.has(name));
  const contract: Found[] = [
    ...(missing.length === 0 ? [] : [{
      rule: 'missing-field' as const,
      range: { offset: range.offset, length: 1 },
      message: `Found a log line of the shop without ${missing.map((name) => `\`${name}\``).join(' and ')}, expected all of ${REQUIRED_FIELDS.join(', ')}. Add what is missing, as the shop's services do.`,
    }]),
    ...checkFields(fields, offset),
  ];
  // One mistake is said once: what the contract asks first.
  return contract.length > 0 || dataset === undefined ? contract : judgeLine(root, offset, dataset);
}

function checkFields(fields: ReadonlyMap<string, Node | undefined>, offset: number): Found[] {
  const wrong = (name: string, isRight: (value: unknown) => boolean, wanted: string): Found[] => {
    const node = fields.get(name);
    if (node === undefined || isRight(node.value)) return [];
    return [{ rule: 'wrong-field', range: { offset: offset + node.offset, length: node.length }, message: `Found \`${name}\`: ${JSON.stringify(node.value) ?? node.type}, expected ${wanted}. Write it as the shop's services do.` }];
  };
  return [
    ...wrong('ts', (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value), 'an ISO time in UTC such as "2026-03-11T14:02:00.000Z"'),
    ...wrong('level', (value) => typeof value === 'string' && LEVELS.includes(value), `one of the words ${LEVELS.join(', ')}`),
    ...wrong('status', (value) => typeof value === 'number', 'a number'),
    ...wrong('duration_ms', (value) => typeof value === 'number', 'a number'),
  ];
}

/** What is wrong with one JSON value that stands in another text. @param offset of the value there */
export function findJsonMistakes(text: string, offset: number): { readonly range: TextRange; readonly message: string }[] {
  return checkText(text, offset, false).found;
}

/** One JSON value. @param offset of the text in its block */
function checkText(text: string, offset: number, withComments: boolean): { readonly found: Found[]; readonly root: Node | undefined } {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: !withComments, allowTrailingComma: withComments, allowEmptyContent: false });
  const [first] = errors;
  // After the first error the rest is guesswork.
  if (first !== undefined) return { found: [describe(first, text, offset)], root };
  return { found: root === undefined ? [] : findDuplicateKeys(root, offset), root };
}

function describe(error: ParseError, text: string, offset: number): Found {
  const habit = describeHabit(error, text);
  if (habit !== undefined) return { rule: 'syntax-error', range: { offset: offset + habit.at, length: habit.length }, message: habit.message };
  const code = printParseErrorCode(error.error);
  const token = tokenAt(text, error.offset);
  const found = token === '' ? 'the end' : `\`${token}\``;
  return {
    rule: 'syntax-error',
    // A comment that is never closed is one longer to the parser than it is.
    range: { offset: offset + error.offset, length: Math.min(error.length, Math.max(0, text.length - error.offset)) },
    message: `Found ${found}, expected ${EXPECTED[code] ?? 'JSON'}. ${NEXT_STEP[code] ?? 'Correct it here.'}`,
  };
}

const NEXT_STEP: Readonly<Record<string, string>> = {
  CommaExpected: 'Add it before this.',
  ColonExpected: 'Add it before this.',
  CloseBraceExpected: 'Close what is still open.',
  CloseBracketExpected: 'Close what is still open.',
  InvalidCommentToken: 'Remove the comment, or change the tag.',
  UnexpectedEndOfString: 'Close it on this line; a line break in a text is written \\n.',
  EndOfFileExpected: 'Remove it, or tag the block jsonl and write one value a line.',
};
/** Words of other languages for JSON's. */
const WORDS: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null', undefined: 'null', nil: 'null', NULL: 'null', NaN: 'null', TRUE: 'true', FALSE: 'false' };

/** What fingers write that know another language: said at the place where it is mended. */
function describeHabit(error: ParseError, text: string): { readonly at: number; readonly length: number; readonly message: string } | undefined {
  const code = printParseErrorCode(error.error);
  const before = text.slice(0, error.offset).trimEnd();
  const rest = text.slice(error.offset);
  const say = (at: number, length: number, message: string) => ({ at, length, message });
  const here = (length: number, message: string) => say(error.offset, length, message);
  if (before.endsWith(',') && /^[}\]]/.test(rest)) return say(before.length - 1, 1, `Found a comma before \`${rest[0] ?? ''}\`, expected none after the last item. Remove it.`);
  const single = /^'[^'\n]*'?/.exec(rest)?.[0];
  if (single !== undefined) return here(single.length, `Found single quotes, expected double quotes: JSON has no others. Write "${single.replaceAll("'", '')}".`);
  const key = /^([A-Za-z_]\w*)\s*:/.exec(rest)?.[1];
  if (key !== undefined && /[{,]$/.test(before)) return here(key.length, `Found the key \`${key}\` without quotes, expected a key in double quotes. Write "${key}".`);
  const word = /^[A-Za-z_][\w-]*/.exec(rest)?.[0];
  if (word !== undefined && WORDS[word] !== undefined) return here(word.length, `Found \`${word}\`, which JSON does not know, expected \`${WORDS[word]}\`. Write it so.`);
  if (rest.startsWith('=')) return here(1, 'Found `=` after a key, expected `:`. Write `:`.');
  if (code === 'CommaExpected' && /\b0$/.test(before) && before.length === error.offset && /^\d/.test(rest)) return say(error.offset - 1, 1, 'Found a number that begins with 0, expected it without: JSON has no octal numbers. Remove the 0, or quote the value.');
  if (/^\.\d/.test(rest)) return here(1, 'Found a number that begins with a point, expected a digit before it. Write `0.` and what follows.');
  if (/^[}\]]/.test(rest) && code === 'CommaExpected') return here(1, `Found \`${rest[0] ?? ''}\`, expected \`${rest.startsWith('}') ? ']' : '}'}\`: another bracket is open here. Close that one first.`);
  if (rest.startsWith(',') && code === 'EndOfFileExpected') return here(1, 'Found `,` after a whole value, expected nothing more. Remove it: log lines are not separated by commas.');
  if (word !== undefined && code === 'InvalidSymbol' && /[:\[,]$/.test(before)) return here(word.length, `Found \`${word}\`, expected a value. If it is text, quote it: "${word}".`);
  return undefined;
}

function findDuplicateKeys(node: Node, offset: number): Found[] {
  const seen = new Set<unknown>();
  return (node.children ?? []).flatMap((child): Found[] => {
    const key = node.type === 'object' ? child.children?.[0] : undefined;
    const own: Found[] = key !== undefined && seen.has(key.value)
      ? [{ rule: 'duplicate-key', range: { offset: offset + key.offset, length: key.length }, message: `Found the key ${JSON.stringify(key.value)} a second time in one object, expected it once. Remove one.` }]
      : [];
    if (key !== undefined) seen.add(key.value);
    return [...own, ...findDuplicateKeys(child, offset)];
  });
}
