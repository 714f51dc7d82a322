import { parser } from '@grafana/lezer-logql';
import { describeProblem, findSyntaxProblem, functionNames, type Candidate } from './syntax.ts';
import { bareValueAt, findSharedHabit, findUnclosedQuote, variableMessage, type Mistake } from './promql-syntax.ts';
import { describeOpenBrackets } from './open-brackets.ts';
import { suggest } from './suggest.ts';
import { rangeOf } from './ranges.ts';

const CANDIDATES: readonly Candidate[] = [
  { insert: ')', words: '`)`' },
  { insert: '}', words: '`}`' },
  { insert: ']', words: '`]`' },
  { insert: '"v"', words: 'a quoted string' },
  { insert: '="v"', words: 'a comparison such as `="value"`' },
  { insert: '[5m]', words: 'a range such as `[5m]`' },
  { insert: 'a="v"', words: 'a matcher such as `label="value"`' },
  { insert: '{a="v"}', words: 'a selector such as `{service="checkout"}`' },
  { insert: 'json', words: 'a stage such as `json`' },
  { insert: '|', words: '`|`' },
  { insert: ',', words: '`,`' },
  { insert: '5m', words: 'a duration such as `5m`' },
  { insert: '5', words: 'a number' },
];
const STAGES = ['json', 'logfmt', 'unpack', 'pattern', 'regexp', 'unwrap', 'line_format', 'label_format', 'decolorize', 'drop', 'keep'];
const GRAFANA = /\$\{?[A-Za-z_][\w:]*\}?|\[\[\w+\]\]/g;

let knownFunctions: string[] | undefined;
function logqlFunctions(): readonly string[] {
  const lines = '{a="b"}';
  knownFunctions ??= functionNames(parser, [
    (name) => `${name}(${lines} [1m])`,
    (name) => `${name}(${lines} | unwrap x [1m])`,
    (name) => `${name}(rate(${lines} [1m]))`,
    (name) => `${name}(3, rate(${lines} [1m]))`,
    (name) => `${name}(0.9, ${lines} | unwrap x [1m])`,
  ]);
  return knownFunctions;
}

/** The first syntax error of a LogQL query in a person's words; undefined when it parses. */
export function findLogqlMistake(text: string): Mistake | undefined {
  const problem = findSyntaxProblem(parser, text, CANDIDATES);
  if (problem === undefined) return findSingleQuotes(text);
  const { offset, found } = problem;
  const before = text.slice(0, offset);
  const at = (length: number, message: string): Mistake => ({ range: { offset, length }, message });
  const variable = [...text.matchAll(GRAFANA)].find((match) => match.index <= offset + 1 && offset <= match.index + match[0].length);
  if (variable !== undefined) return { range: { offset: variable.index, length: variable[0].length }, message: variableMessage(variable[0]).replace('Prometheus', 'Loki') };
  if (found.startsWith("'") && found.length > 1) return at(found.length, singleQuoteMessage(found));
  const habit = findUnclosedQuote(text) ?? findSharedHabit(text, offset, found) ?? findHabit(text, offset, found);
  if (habit !== undefined) return habit;
  const range = /^\[[^\]]*\]/.exec(text.slice(offset))?.[0];
  if (range !== undefined) return at(range.length, `Found the range \`${range}\`, expected none: lines have no range of their own. Put a function around it, such as count_over_time(… ${range}), or remove it and use range= on the block.`);
  if (/^\w+$/.test(found) && /^\s*\(/.test(text.slice(offset + found.length))) return at(found.length, unknownFunction(found));
  const stage = /\|\s*([A-Za-z_]\w*)\s*$/.exec(before)?.[1];
  const near = stage === undefined || STAGES.includes(stage) ? undefined : suggest(stage, STAGES);
  if (stage !== undefined && near !== undefined) {
    return { range: { offset: before.lastIndexOf(stage), length: stage.length }, message: `Found the stage \`${stage}\`, expected one that Loki knows, or a comparison. Did you mean \`${near}\`?` };
  }
  return at(found.length, `${describeProblem(problem, 'query')}${nextStep(text, offset, found)}`);
}

/** What fingers write that know PromQL, a shell or a programming language. */
function findHabit(text: string, offset: number, found: string): Mistake | undefined {
  const before = text.slice(0, offset);
  const at = (start: number, length: number, message: string): Mistake => ({ range: { offset: start, length: Math.max(1, length) }, message });
  if (text.trim() === '') return { range: { offset: 0, length: 0 }, message: 'Found an empty block, expected a query. Write it, or remove the block.' };
  const symbol = /^(?:&&|\|\|)/.exec(text.slice(offset))?.[0];
  if (symbol !== undefined) return at(offset, 2, `Found \`${symbol}\`, expected a word. Write \`${symbol === '&&' ? 'and' : 'or'}\`.`);
  if (found === '>' && before.endsWith('=')) return at(offset - 1, 2, 'Found `=>`, expected a comparison. Write `>=`.');
  const bare = /^(\w+\s*(?:=~|!~|!=|=)\s*"[^"]*")/.exec(text.trimStart());
  if (bare !== null && before.trim() === '') return at(offset, found.length, `Found \`${found}\`, expected a selector in braces. Write \`{${bare[1] ?? ''}}\`.`);
  if (/\|\s*line_format\s*$/.test(before)) return at(offset, found.length, `Found \`${found}\` after \`line_format\`, expected a quoted template. Write \`line_format "{{.msg}}"\`.`);
  const stage = /\|\s*([A-Za-z_]\w*)\s*$/.exec(before)?.[1];
  if (stage !== undefined && !STAGES.includes(stage) && suggest(stage, STAGES) === undefined && /^["`]/.test(found)) {
    return at(before.lastIndexOf(stage), stage.length, `Found the stage \`${stage}\`, expected one that Loki knows. To keep lines that contain a text, write \`|= ${found}\`.`);
  }
  return undefined;
}


function unknownFunction(name: string): string {
  const near = suggest(name, logqlFunctions());
  return `Found \`${name}(\`, expected the name of a LogQL function.${near === undefined ? ' Loki has none of that name.' : ` Did you mean \`${near}\`?`}`;
}

/** The grammar of the editor takes some single quotes that Loki refuses. */
function findSingleQuotes(text: string): Mistake | undefined {
  const masked = text.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|#.*/g, (match) => ' '.repeat(match.length));
  const match = /'[^']*'?/.exec(masked);
  return match === null ? undefined : { range: rangeOf({ from: match.index, to: match.index + match[0].length }), message: singleQuoteMessage(match[0]) };
}

function singleQuoteMessage(found: string): string {
  const body = found.replace(/^'|'$/g, '');
  return `Found single quotes, expected double quotes or backticks: LogQL, unlike PromQL, has no others. Write "${body}".`;
}

function nextStep(text: string, offset: number, found: string): string {
  const before = text.slice(0, offset);
  if (/[=~]\s*$/.test(before) && /^\w/.test(found)) return ` Quote the value: "${bareValueAt(text, offset)}".`;
  const open = found === '' ? describeOpenBrackets(text) : undefined;
  return open ?? ' Correct it here: Loki refuses the whole query.';
}
