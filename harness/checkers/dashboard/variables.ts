import type { Node } from 'jsonc-parser';
import { findMentions } from '../../dashboard/interpolate.ts';
import type { Dashboard, Variable } from '../../dashboard/model.ts';
import { mapScalar } from '../../rule-file/scalar-offsets.ts';
import type { TextRange } from '../../model/place.ts';
import { hintAt } from '../support/suggest.ts';

export interface VariableMistake {
  readonly rule: 'undefined-variable' | 'unused-variable' | 'several-values';
  readonly range: TextRange;
  readonly message: string;
}
/** Variables that Grafana fills in itself. */
const BUILT_IN = [
  '__interval', '__interval_ms', '__rate_interval', '__rate_interval_ms', '__range', '__range_s', '__range_ms', '__from', '__to', '__auto', '__dashboard', '__user', '__org', '__timezone', '__timeFilter', '__all', '__all_variables', '__url_time_range',
  '__url', '__field', '__series', '__value', '__data', '__name', '__text', '__searchFilter', '__cell', 'timeFilter', '__auto_interval',
];
/** Prose: a `$` in it is most often money. */
const PROSE = new Set(['description', 'content']);
/** These narrow every query without being named in one. */
const UNNAMED = new Set(['adhoc', 'groupby', 'system', 'snapshot']);

/** Variables that are used and not defined, defined and not used, or compared as if they held one value. */
export function judgeVariables(root: Node, text: string, { panels, variables }: Dashboard): VariableMistake[] {
  const strings = findStrings(root);
  const names = new Set(variables.map(({ name }) => name.text));
  const used = new Set([
    ...strings.filter((node) => !variables.some(({ name }) => name.range.offset === node.offset)).flatMap((node) => findMentions(String(node.value)).map(({ name }) => name)),
    ...panels.flatMap(({ repeat }) => repeat?.text ?? []),
  ]);
  return [
    ...strings.flatMap((node) => findUndefined(node, text, names)),
    ...panels.flatMap(({ repeat }) => (repeat === undefined || repeat.text === '' || names.has(repeat.text) ? [] : [undefinedAt(repeat.text, repeat.range, names)])),
    ...variables.filter(({ name, type }) => !used.has(name.text) && !UNNAMED.has(type)).map(({ name }): VariableMistake => ({ rule: 'unused-variable', range: name.range, message: `Found the variable \`${name.text}\`, which no query, title or link of the dashboard uses: readers choose a value, and nothing changes. Use \`$${name.text}\`, or remove it.` })),
    ...panels.flatMap(({ queries }) => queries).flatMap(({ expr }) => (expr === undefined || expr.parts !== undefined ? [] : findSeveral(expr.text, expr.range, text, variables))),
  ];
}

/** Values of the JSON that are text, in its order, without prose. */
function findStrings(node: Node): Node[] {
  if (node.type === 'string') return [node];
  if (node.type !== 'property') return (node.children ?? []).flatMap(findStrings);
  const [key, value] = node.children ?? [];
  return value === undefined || PROSE.has(String(key?.value)) ? [] : findStrings(value);
}

function findUndefined(node: Node, text: string, names: ReadonlySet<string>): VariableMistake[] {
  const value = String(node.value);
  const locate = mapScalar(text, node, value);
  return findMentions(value).filter(({ name }) => !names.has(name) && !BUILT_IN.includes(name) && !name.startsWith('__auto_interval_')).map(({ name, range }) => undefinedAt(name, locate(range), names));
}

function undefinedAt(name: string, range: TextRange, names: ReadonlySet<string>): VariableMistake {
  const isInput = name.startsWith('DS_');
  const hint = hintAt(name, name.startsWith('__') ? BUILT_IN : names);
  const advice = isInput ? ' Grafana asks for it when a dashboard is imported by hand, and not when it is provisioned: write the uid.' : hint.startsWith(' Did') ? hint : ' Define it under `templating.list`, or write the value.';
  return { rule: 'undefined-variable', range, message: `Found \`$${name}\`, expected a variable that the dashboard defines or Grafana fills in: it would be asked as it stands.${advice}` };
}

/** `service="$service"` where several may be chosen: Grafana writes `(a|b)` there. */
function findSeveral(query: string, range: TextRange, text: string, variables: readonly Variable[]): VariableMistake[] {
  const locate = mapScalar(text, range, query);
  return findMentions(query).flatMap((mention): VariableMistake[] => {
    const variable = variables.find(({ name }) => name.text === mention.name);
    const operator = /(?:^|[^=!~<>])(!?=)\s*["'`][^"'`]*$/.exec(query.slice(0, mention.range.offset))?.[1];
    if (variable?.isMany !== true || operator === undefined) return [];
    return [{ rule: 'several-values', range: locate(mention.range), message: `Found \`$${mention.name}\` behind \`${operator}\`, expected \`${operator === '=' ? '=~' : '!~'}\`: the variable may hold several values, or all, and Grafana then writes \`(a|b)\`, which no label has. Write \`${operator === '=' ? '=~' : '!~'}\`.` }];
  });
}
