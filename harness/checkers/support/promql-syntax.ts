import { parser } from '@prometheus-io/lezer-promql';
import type { TextRange } from '../../model/place.ts';
import { tokenAt } from './ranges.ts';
import { describeProblem, findSyntaxProblem, functionNames, type Candidate } from './syntax.ts';
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
  const variable = findVariable(text, offset);
  if (variable !== undefined) return variable;
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

function hintFor(text: string, offset: number, found: string): string {
  const previous = text.slice(0, offset).trimEnd();
  if (/[=~]$/.test(previous) && /^[\w.]/.test(found)) return ` Quote the value: "${tokenAt(text, offset)}".`;
  if (found === '' && (text.match(/[([{]/g)?.length ?? 0) > (text.match(/[)\]}]/g)?.length ?? 0)) return ' Close what is still open.';
  if (previous === '' && found === '') return ' Write the query, or remove the block.';
  return ' Correct it here: Prometheus refuses the whole query.';
}
