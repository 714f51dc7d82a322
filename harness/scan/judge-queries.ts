import { findLogqlMistake } from '../checkers/support/logql-syntax.ts';
import { findPromqlMistake, type Mistake } from '../checkers/support/promql-syntax.ts';
import { excuse, findOddCharacter } from './excuses.ts';
import type { Found, Judge, Outcome, Piece, ScanContext } from './model.ts';
import { askLogql, askPromql } from './programs.ts';
import { find } from './rules.ts';
import { splitExpressions, splitLines, type Chunk } from './split.ts';

type Language = 'promql' | 'logql';
const PARSERS: Readonly<Record<Language, (text: string) => Mistake | undefined>> = { promql: findPromqlMistake, logql: findLogqlMistake };

/** Expressions of a sample: all of it where that parses, else paragraph by paragraph, else line by line where each line is one. */
export function splitQueries(text: string, language: Language): Chunk[] {
  const parses = (one: string): boolean => PARSERS[language](one) === undefined;
  const chunks = splitExpressions(text);
  if (chunks.length === 1 || !parses(text)) {
    return chunks.flatMap((chunk) => {
      if (parses(chunk.text)) return [chunk];
      const lines = splitLines(chunk);
      return lines.length > 1 && lines.every((line) => parses(line.text)) ? lines : [chunk];
    });
  }
  return [{ text, offset: 0 }];
}

/** Characters of the longest query: where a parser stumbles, what it expected is found by trying, which takes time. */
const LONGEST_QUERY = 5_000;
const tooLong = (piece: Piece): [Piece, Outcome] => [piece, { kind: 'unknown', reason: 'it is longer than any query' }];

/** PromQL: by the editor's grammar, and, where it is on this machine, by Prometheus' own parser, which has the last word. */
export const judgePromql: Judge = async (all, context) => {
  const pieces = all.filter(({ text }) => text.length <= LONGEST_QUERY);
  const chunks = pieces.flatMap((piece) => splitQueries(piece.text, 'promql').map((chunk) => ({ piece, chunk })));
  const promtool = await context.tool('promtool');
  const said = promtool === undefined ? undefined : await askPromql(promtool, chunks.map(({ chunk }) => chunk.text), context.signal);
  const refused = chunks.flatMap(({ piece, chunk }, index) => {
    const mistake = findPromqlMistake(chunk.text);
    const words = said?.[index];
    // Its own parser takes what the grammar of the editor does not know yet.
    if (said === undefined ? mistake === undefined : words === undefined) return [];
    const found = mistake === undefined
      ? { offset: words?.offset ?? 0, length: 1, message: `Prometheus cannot parse this: ${words?.words ?? ''}. Correct it here.`, rule: 'promql/type-error' as const }
      : { offset: mistake.range.offset, length: mistake.range.length, message: mistake.message, rule: 'promql/syntax-error' as const };
    return [{ piece, chunk, found: { ...found, level: 'error' as const } }];
  });
  return new Map([...all.map(tooLong), ...conclude(pieces, refused, promtool === undefined ? 'parsed' : 'checked', 'promql')]);
};

/** LogQL: by the editor's grammar; what that refuses, Loki's own parser must refuse too. */
export const judgeLogql: Judge = async (all, context) => {
  const pieces = all.filter(({ text }) => text.length <= LONGEST_QUERY);
  const chunks = pieces.flatMap((piece) => splitQueries(piece.text, 'logql').map((chunk) => ({ piece, chunk })));
  const suspects = chunks.flatMap(({ piece, chunk }) => {
    const mistake = findLogqlMistake(chunk.text);
    return mistake === undefined ? [] : [{ piece, chunk, found: { rule: 'logql/syntax-error' as const, level: 'error' as const, offset: mistake.range.offset, length: mistake.range.length, message: mistake.message } }];
  });
  return new Map([...all.map(tooLong), ...conclude(pieces, await confirm(suspects, context), 'parsed', 'logql')]);
};

interface Refused {
  readonly piece: Piece;
  readonly chunk: Chunk;
  readonly found: Found;
}

async function confirm(suspects: readonly Refused[], context: ScanContext): Promise<readonly Refused[]> {
  const logcli = suspects.length === 0 ? undefined : await context.tool('logcli');
  if (logcli === undefined) return suspects;
  // Asking takes a process each: only where the answer can matter.
  const open = suspects.filter((one) => reasonToDoubt(one, 'logql') === undefined);
  const answers = await askLogql(logcli, open.map(({ chunk }) => chunk.text), context.signal);
  return suspects.filter((one) => !open.includes(one) || answers[open.indexOf(one)] !== undefined);
}

function conclude(pieces: readonly Piece[], refused: readonly Refused[], depth: 'parsed' | 'checked', language: Language): ReadonlyMap<Piece, Outcome> {
  return new Map(pieces.map((piece): [Piece, Outcome] => {
    const own = refused.filter((one) => one.piece === piece);
    if (own.length === 0) return [piece, { kind: 'passed', depth }];
    const odd = own.flatMap((one) => findOdd(one, language));
    const doubts = own.map((one) => ({ one, doubt: reasonToDoubt(one, language) }));
    const certain = doubts.flatMap(({ one: { chunk, found }, doubt }) => (doubt === undefined ? [{ ...found, offset: chunk.offset + found.offset }] : []));
    if (certain.length > 0) return [piece, { kind: 'failed', depth, found: [...certain, ...odd] }];
    return [piece, { kind: 'unknown', reason: `what ${language === 'promql' ? 'PromQL' : 'LogQL'} refuses in it need not be wrong: ${doubts[0]?.doubt ?? ''}`, found: odd }];
  }));
}

/** Refused only for a character that nobody sees, or that no keyboard has. */
function findOdd({ chunk }: Refused, language: Language): Found[] {
  const words = findOddCharacter(chunk.text);
  const plain = chunk.text.replace(/[\u200B-\u200F\u2060\uFEFF\u00AD]/g, '').replace(/[“”„«»]/g, '"').replace(/[‘’]/g, "'").replaceAll('\u00A0', ' ');
  if (words === undefined || PARSERS[language](plain) !== undefined) return [];
  const at = chunk.text.search(/[\u200B-\u200F\u2060\uFEFF\u00AD“”„‘’«»\u00A0]/);
  return [find('odd-character', chunk.offset + at, 1, `Found a query that parses but for one thing: ${words}. Who copies it gets an error: write it as a keyboard does.`)];
}

/** Of what the parsers refuse in documents, hardly anything is meant as a query as it stands. */
function reasonToDoubt({ piece, chunk, found }: Refused, language: Language): string | undefined {
  // With the comment above it, which often says what it is.
  const from = piece.text.lastIndexOf('\n\n', chunk.offset);
  const text = piece.text.slice(Math.max(0, from), chunk.offset + chunk.text.length);
  const excused = excuse({ ...piece, text });
  if (excused !== undefined) return excused;
  const bare = chunk.text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`/g, '""');
  if (/expected the name of a|not enabled|experimental/.test(found.message) && !/Did you mean/.test(found.message)) return 'it may be for another version, or another dialect';
  if (/(?:^|\s)\/\/\s/.test(bare)) return 'notes stand in it';
  if (!/[({[]/.test(bare)) return 'it has nothing of a query';
  if (/^\s*\|/.test(chunk.text)) return 'it is a part of a query';
  // With a feature of its own, Prometheus reads names with dots and letters of all scripts.
  if (language === 'promql' && /[A-Za-z_]\w*\.[A-Za-z_]|[^\x00-\x7F]/.test(bare)) return 'it may be for another version, or another dialect';
  if (/=>|^\s*\{.*\}\s+[-\d.]|\}\s*=?\s*[-\d.]+\s*(?:@|$)|^\s*\|?-{3,}|[|]\s*$|^Element\b/m.test(bare)) return 'an answer seems to stand below the query';
  if (/\b(?:range|instant)[- ]vector\b|\bscalar\b|\b(?:v|s|b)=/.test(bare)) return 'it is notation of a reference';
  const prose = bare.replace(/\b(?:by|without|on|ignoring|group_left|group_right|and|or|unless|offset|bool|json|logfmt|unpack|unwrap|pattern|regexp|line_format|label_format|keep|drop|decolorize)\b/g, '+');
  if (/[A-Za-z]+[ ,]+[A-Za-z]+[ ,]+[A-Za-z]+/.test(prose) || /^[^{}()]*:\s/.test(bare)) return 'words of a sentence stand in it';
  if (language === 'promql' && /\b(?:default|keep_metric_names|rollup|WITH|limit)\b/.test(bare)) return 'it may be MetricsQL';
  return undefined;
}
