import type { Block } from '../model/block.ts';
import { defineChecker, type Finding } from '../model/checker.ts';
import type { Rule } from '../model/diagnostic.ts';
import { blankLiterals, fillParameters, isForeign } from './sql/foreign.ts';
import { tokenAt, utf16Offset, wholeBlock } from './support/ranges.ts';
import { suggest } from './support/suggest.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'The statement is not SQL as PostgreSQL reads it.' },
  'without-where': { level: 'warning', summary: 'An UPDATE or DELETE has no WHERE: it changes every row.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = Omit<Finding<keyof typeof rules>, 'block'>;

const STATEMENTS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'DROP', 'WITH', 'EXPLAIN', 'ANALYZE', 'BEGIN', 'COMMIT', 'ROLLBACK', 'GRANT', 'REVOKE', 'TRUNCATE', 'VACUUM', 'MERGE', 'VALUES', 'REFRESH', 'REINDEX', 'SHOW', 'COPY', 'LOCK', 'SET'];
const WORDS = [...STATEMENTS, 'FROM', 'WHERE', 'GROUP', 'ORDER', 'HAVING', 'LIMIT', 'OFFSET', 'INTO', 'JOIN', 'INNER', 'UNION', 'RETURNING', 'BETWEEN', 'DISTINCT', 'TABLE', 'INDEX', 'PRIMARY', 'REFERENCES', 'DEFAULT', 'EXISTS'];

/** SQL by PostgreSQL's own grammar: syntax only, no names. Silent about other dialects, fragments and placeholders. Never executed. */
export const sql = defineChecker({
  name: 'sql',
  languages: ['sql'],
  attributes: [],
  rules,
  async check(blocks) {
    const found = await Promise.all(blocks.map(async (block) => (await checkBlock(block)).map((one) => ({ block, ...one }))));
    return found.flat();
  },
});

async function checkBlock(block: Block): Promise<Found[]> {
  const { text } = block;
  if (text.trim() === '') return [{ rule: 'syntax-error', range: wholeBlock(block), message: 'Found an empty block, expected SQL. Write a statement, or remove the block.' }];
  const bare = blankLiterals(text);
  const asWritten = await read(text);
  const outcome = asWritten instanceof Refusal ? await read(fillParameters(text, bare)) : asWritten;
  if (!(outcome instanceof Refusal)) return findUnbounded(outcome, text);
  if (isForeign(bare) || isPiece(bare) || await areSeveral(text)) return [];
  return [explain(text, bare, outcome)];
}

/** Where PostgreSQL stopped reading (UTF-16 units), and its words. */
class Refusal {
  readonly offset: number;
  readonly words: string;
  constructor(offset: number, words: string) {
    this.offset = offset;
    this.words = words;
  }
}

/** The syntax tree, or the refusal. The grammar is loaded with the first statement: most pages have none. */
async function read(text: string): Promise<unknown> {
  const { parse, hasSqlDetails } = await import('libpg-query');
  try {
    return await parse(text);
  } catch (error) {
    if (!hasSqlDetails(error)) throw error;
    // It counts characters, ranges count UTF-16 units.
    const before = [...text].slice(0, error.sqlDetails?.cursorPosition ?? 0).join('');
    return new Refusal(before.length, error.message);
  }
}

/** A text that begins with nothing like a statement is a piece of one, or no SQL. */
function isPiece(bare: string): boolean {
  const first = /[A-Za-z_]\w*/.exec(bare)?.[0].toUpperCase() ?? '';
  return !STATEMENTS.includes(first) && suggest(first, STATEMENTS) === undefined;
}

/** Statements one below the other without semicolons are samples of their own. */
async function areSeveral(text: string): Promise<boolean> {
  const parts = text.split(/\n[ \t]*\n/).filter((part) => part.trim() !== '');
  if (parts.length < 2) return false;
  const outcomes = await Promise.all(parts.map((part) => read(fillParameters(part, blankLiterals(part)))));
  return outcomes.every((outcome) => !(outcome instanceof Refusal));
}

function explain(text: string, bare: string, { offset, words }: Refusal): Found {
  const say = (at: number, length: number, message: string): Found => ({ rule: 'syntax-error', range: { offset: at, length }, message });
  const before = bare.slice(0, offset).trimEnd();
  const token = tokenAt(text, offset);
  const last = /[A-Za-z_]+$/.exec(before)?.[0] ?? '';
  const isKnown = (word: string): boolean => WORDS.includes(word.toUpperCase());
  // An alias may stand nearly everywhere, so a misspelt keyword is read as one and its successor refused.
  for (const [word, at] of [[token, offset], [last, before.length - last.length]] as const) {
    const near = isKnown(word) || word.length < 4 ? undefined : suggest(word.toUpperCase(), before.slice(0, at).trim() === '' ? STATEMENTS : WORDS);
    if (near !== undefined) return say(at, word.length, `Found \`${word}\`, expected a keyword of SQL here. Did you mean \`${near}\`?`);
  }
  if (before.endsWith(',') && (token === ')' || isKnown(token))) return say(before.length - 1, 1, `Found a comma before \`${token}\`, expected none after the last item. Remove it.`);
  if (words.startsWith('unterminated')) return say(offset, 1, 'Found a quote or comment that is opened here, expected its end. Close it.');
  if (token === '') return say(Math.max(0, before.length - 1), 1, `Found the end of the statement, expected more. ${hasOpenParenthesis(before) ? 'Close the parenthesis that is still open.' : 'Finish it.'}`);
  return say(offset, token.length, `Found \`${token}\`, expected something else here: PostgreSQL says ${words}. Correct it, or what stands before it.`);
}

function hasOpenParenthesis(bare: string): boolean {
  return bare.split('(').length > bare.split(')').length;
}

/** Every UPDATE and DELETE of the tree, in a WITH too, that leaves out its WHERE: at the table that it changes. */
function findUnbounded(node: unknown, text: string): Found[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([kind, value]): Found[] => {
    const inner = findUnbounded(value, text);
    if (kind !== 'UpdateStmt' && kind !== 'DeleteStmt') return inner;
    const { relation, whereClause } = value as { readonly relation?: { readonly relname?: string; readonly location?: number }; readonly whereClause?: unknown };
    if (whereClause !== undefined) return inner;
    const offset = utf16Offset(text, relation?.location ?? 0);
    const verb = kind === 'UpdateStmt' ? 'UPDATE' : 'DELETE';
    return [{
      rule: 'without-where',
      range: { offset, length: tokenAt(text, offset).length },
      message: `Found ${verb} of \`${relation?.relname ?? 'a table'}\` without WHERE, expected one: this changes every row. Add it; where every row is meant, write \`WHERE true\`.`,
    }, ...inner];
  });
}
