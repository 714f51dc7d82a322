import { parser } from '@prometheus-io/lezer-promql';
import type { TextRange } from '../../model/place.ts';
import { describeProblem, findSyntaxProblem, functionNames, type Candidate } from './syntax.ts';
import { describeOpenBrackets } from './open-brackets.ts';
import { suggest } from './suggest.ts';

const CANDIDATES: readonly Candidate[] = [
  { insert: ')', words: '`)`' },
  { insert: '}', words: '`}`' },
  { insert: ']', words: '`]`' },
  { insert: ',', words: '`,`' },
  { insert: '"v"', words: 'a quoted string' },
  { insert: '="v"', words: 'a matcher such as `="value"`' },
  { insert: '5m', words: 'a duration such as `5m`' },
  { insert: 'x', words: 'an expression' },
  { insert: 'a="v"', words: 'a matcher such as `label="value"`' },
  { insert: '+', words: 'an operator' },
  { insert: '(x)', words: 'arguments in parentheses' },
];
/** Grafana replaces these before Prometheus sees the query; so do alert templates. */
const GRAFANA = /\$\{?[A-Za-z_][\w:]*\}?|\[\[\w+\]\]|\{\{[^}]*\}\}/g;

let knownFunctions: string[] | undefined;
/** Functions and aggregations of the PromQL grammar in use. */
export function promqlFunctions(): readonly string[] {
  knownFunctions ??= functionNames(parser, [(name) => `${name}(x)`, (name) => `${name}(5, x)`, (name) => `${name}()`]);
  return knownFunctions;
}

export interface Mistake {
  readonly range: TextRange;
  readonly message: string;
}

/** The first syntax error of a PromQL query in a person's words; undefined when it parses. */
export function findPromqlMistake(text: string): Mistake | undefined {
  const problem = findSyntaxProblem(parser, text, CANDIDATES);
  if (problem === undefined) return undefined;
  const { offset, found } = problem;
  const known = findVariable(text, offset) ?? findUnclosedQuote(text) ?? findHabit(text, offset, found);
  if (known !== undefined) return known;
  const call = /([A-Za-z_]\w*)\s*$/.exec(text.slice(0, offset));
  if (found === '(' && call?.[1] !== undefined) {
    const near = suggest(call[1], promqlFunctions());
    return {
      range: { offset: call.index, length: call[1].length },
      message: `Found \`${call[1]}(\`, expected the name of a PromQL function.${near === undefined ? ' Prometheus has none of that name.' : ` Did you mean \`${near}\`?`}`,
    };
  }
  const hint = hintFor(text, offset, found);
  return { range: { offset, length: found.length }, message: `${describeProblem(problem, 'query')}${hint}` };
}

/** A quote that opens and never closes: the parser stumbles elsewhere, often at the end. Also for LogQL. */
export function findUnclosedQuote(text: string): Mistake | undefined {
  const masked = text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|#[^\n]*/g, (match) => ' '.repeat(match.length));
  const curly = /[“”„‘’]/.exec(masked);
  if (curly !== null) return { range: { offset: curly.index, length: 1 }, message: `Found the typographic quote \`${curly[0]}\`, expected a straight one. Write \`"\`.` };
  const open = /["'`]/.exec(masked);
  if (open === null) return undefined;
  const length = (text.slice(open.index).split('\n')[0] ?? '').length;
  return { range: { offset: open.index, length }, message: `Found the opening quote ${open[0]} without its closing one, expected both on one line. Close it where the text ends.` };
}

/** A matcher written as other languages write it. Also for LogQL. */
export function findForeignMatcher(text: string, offset: number, found: string): Mistake | undefined {
  const start = Math.max(0, offset - 1);
  const [operator] = /^[=:]\s*[=:]?|^:/.exec(text.slice(text[start] === '=' || text[start] === ':' ? start : offset)) ?? [];
  const at = text[start] === '=' || text[start] === ':' ? start : offset;
  const isMatcher = text.lastIndexOf('{', at) > text.lastIndexOf('}', at);
  if (!isMatcher || operator === undefined || (operator.trim() !== '==' && operator.trim() !== ':')) return undefined;
  return { range: { offset: at, length: operator.trim().length }, message: `Found \`${operator.trim()}\` in a matcher, expected one of =, !=, =~, !~. Write \`label="value"\`.` };
}

/** What fingers write in both languages. */
export function findSharedHabit(text: string, offset: number, found: string): Mistake | undefined {
  const before = text.slice(0, offset);
  const at = (start: number, end: number, message: string): Mistake => ({ range: { offset: start, length: Math.max(1, end - start) }, message });
  const open = /\b(by|without)\s*\(([\w\s,]*?)\s*$/.exec(before);
  if (found === '(' && open !== null) return at(offset, offset + 1, `Found \`(\` in the labels of \`${open[1] ?? ''}\`, expected \`)\` after them. Write \`${open[1] ?? ''} (${(open[2] ?? '').trim()})\`.`);
  if (/\b(?:by|without)\s*\([^()]*\)\s*$/.test(before) && /^\w/.test(found)) return at(offset, offset + found.length, `Found \`${found}\` after the labels, expected \`(\`: what is aggregated stands in parentheses. Put them around it.`);
  const bare = /\b(by|without|on|ignoring|group_left|group_right)\s*$/.exec(before);
  if (bare !== null && /^\w/.test(found)) return at(offset, offset + found.length, `Found \`${found}\` after \`${bare[1] ?? ''}\`, expected labels in parentheses. Write \`${bare[1] ?? ''} (${found})\`.`);
  const duration = /\[\s*(\d+\s*[A-Za-z]+)$/.exec(before + found);
  if (duration !== null && !/^\d+(ms|[smhdwy])$/.test(duration[1] ?? '')) return at(offset + found.length - (duration[1] ?? '').length, offset + found.length, `Found \`${duration[1] ?? ''}\`, expected a duration such as \`5m\`: its units are ms, s, m, h, d, w and y. Write one of these right after the number.`);
  if (found === ')' || found === '}' || found === ']') {
    const opener = { ')': '(', '}': '{', ']': '[' }[found];
    if (before.split(opener).length === before.split(found).length) return at(offset, offset + 1, `Found \`${found}\` that closes nothing, expected the end or an operator. Remove it, or open it before.`);
  }
  return findForeignMatcher(text, offset, found);
}

/** What fingers write that know another language, or this one not yet. */
function findHabit(text: string, offset: number, found: string): Mistake | undefined {
  const before = text.slice(0, offset);
  const at = (start: number, end: number, message: string): Mistake => ({ range: { offset: start, length: Math.max(1, end - start) }, message });
  if (text.trim() === '') return { range: { offset: 0, length: 0 }, message: 'Found an empty block, expected a query. Write it, or remove the block.' };
  const grouped = /\b(sum|avg|min|max|count|group|stddev|stdvar)\s*\(([\w\s,]*)\)\s*$/.exec(before);
  if (grouped !== null && found === '(') return at(grouped.index, offset, `Found \`${grouped[0].trim()}\` before another parenthesis, expected \`by\` or \`without\` between. Write \`${grouped[1] ?? ''} by (${(grouped[2] ?? '').trim()}) (…)\`.`);
  if (found === '|') return at(offset, offset + 1, 'Found `|`, expected an operator: PromQL has no pipelines. Tag the block `logql` if it asks for log lines.');
  if (found === '=' && before.lastIndexOf('{') <= before.lastIndexOf('}')) return at(offset, offset + 1, 'Found `=`, expected an operator: a comparison of values is written with two. Write `==`.');
  return findSharedHabit(text, offset, found);
}

/** A Grafana variable at the place where the parser stumbled. */
function findVariable(text: string, offset: number): Mistake | undefined {
  for (const match of text.matchAll(GRAFANA)) {
    if (match.index > offset + 1 || match.index + match[0].length < offset) continue;
    return { range: { offset: match.index, length: match[0].length }, message: variableMessage(match[0]) };
  }
  return undefined;
}

/** Also for variables inside quotes, where they parse and then match nothing. */
export function variableMessage(variable: string): string {
  const instead = variable.includes('interval') ? 'a duration such as `5m`' : 'the value itself';
  return `Found \`${variable}\`, which Grafana or a template replaces and Prometheus does not know, expected ${instead}. Write ${instead} here; the panel may keep the variable.`;
}

/** All of an unquoted value: `checkout-1:8080` is several tokens. Also for LogQL. */
export function bareValueAt(text: string, offset: number): string {
  return /^[^\s,{}"|]*/.exec(text.slice(offset))?.[0] ?? '';
}

function hintFor(text: string, offset: number, found: string): string {
  const previous = text.slice(0, offset).trimEnd();
  if (/[=~]$/.test(previous) && /^[\w.]/.test(found)) return ` Quote the value: "${bareValueAt(text, offset)}".`;
  const open = found === '' ? describeOpenBrackets(text) : undefined;
  return open ?? ' Correct it here: Prometheus refuses the whole query.';
}
