import { builtIn, readRangeMs, windowOf } from '../../dashboard/time.ts';
import { fixedValues, readLabelValues } from '../../dashboard/values.ts';
import { findMentions, formatHeld, interpolate, type Held, type Interpolated } from '../../dashboard/interpolate.ts';
import type { Dashboard, Panel, PanelQuery, QueryLanguage, Variable, Written } from '../../dashboard/model.ts';
import type { Block } from '../../model/block.ts';
import type { CheckContext, Checker } from '../../model/checker.ts';
import type { Dataset } from '../../model/dataset.ts';
import type { TextRange } from '../../model/place.ts';
import { mapScalar } from '../../rule-file/scalar-offsets.ts';
import { indexLogs } from '../support/field-index.ts';
import { indexDataset } from '../support/metric-index.ts';
import { explainContradiction, explainUnit } from './units.ts';

export interface QueryMistake {
  readonly rule: 'query' | 'unknown-unit' | 'wrong-unit';
  readonly range: TextRange;
  readonly message: string;
}
interface Asked {
  readonly block: Block;
  readonly dashboard: Dashboard;
  readonly dataset: Dataset | undefined;
  readonly context: CheckContext;
  readonly signal: AbortSignal;
}
/** Judges what stands in panels by the checkers of its languages. */
export type QueryCheckers = Readonly<Record<QueryLanguage, Checker>>;
/** What Grafana shows of a dashboard that says nothing. */
const DEFAULT_RANGE_MS = 6 * 3_600_000;
/** Grafana's variables are not part of the language that the checkers know: they look at what is asked in the end. */
const OF_THE_COURSE = new Set(['needs-alone']);

/** Syntax, names and units of every query, at its place in the JSON. */
export async function judgeQueries(asked: Asked, checkers: QueryCheckers): Promise<QueryMistake[]> {
  const ofPanels = await Promise.all(asked.dashboard.panels.map((panel) => judgePanel(panel, asked, checkers)));
  return ofPanels.flat();
}

async function judgePanel(panel: Panel, asked: Asked, checkers: QueryCheckers): Promise<QueryMistake[]> {
  const found = await Promise.all(panel.queries.filter(isSpoken).map((query) => judgeQuery(panel, query, asked, checkers)));
  const { unit } = panel;
  if (unit === undefined) return found.flat();
  const unknown = explainUnit(unit.text);
  if (unknown !== undefined) return [...found.flat(), { rule: 'unknown-unit', range: unit.range, message: unknown }];
  const wrong = panel.hasOwnUnits ? undefined : panel.queries.filter(isSpoken).flatMap((query) => explainContradiction(unit.text, query.language, fill(panel, query, asked).text) ?? [])[0];
  return wrong === undefined ? found.flat() : [...found.flat(), { rule: 'wrong-unit', range: unit.range, message: wrong }];
}

/** A query in a language that is known here. */
type Spoken = PanelQuery & { readonly expr: Written; readonly language: QueryLanguage };
function isSpoken(query: PanelQuery): query is Spoken {
  return query.expr !== undefined && query.language !== undefined && query.expr.text.trim() !== '';
}

async function judgeQuery(panel: Panel, query: Spoken, asked: Asked, checkers: QueryCheckers): Promise<QueryMistake[]> {
  const { expr, language } = query;
  const { variables } = asked.dashboard;
  const { text, toSource } = fill(panel, query, asked);
  const block: Block = { ...asked.block, language, text, shownText: text, attributes: new Map([...asked.block.attributes].filter(([name]) => name === 'dataset')) };
  const found = await checkers[language].check([block], asked.context, asked.signal);
  const unsure = findMentions(expr.text).filter(({ name }) => isUnsure(name, variables, asked.dataset)).map(({ range }) => range);
  const locate = locateIn(expr, asked.block.text);
  return found.filter(({ rule }) => !OF_THE_COURSE.has(rule)).map((finding) => ({ ...finding, source: toSource(finding.range) }))
    .filter(({ source }) => !unsure.some((range) => range.offset < source.offset + source.length && source.offset < range.offset + range.length))
    .map(({ source, message }) => ({ rule: 'query', range: locate(source), message }));
}

/** Where a part of a query stands in the JSON. */
function locateIn({ text, range, parts }: Written, source: string): (part: TextRange) => TextRange {
  if (parts === undefined) return mapScalar(source, range, text);
  return ({ offset }) => parts.find(({ to }) => offset < to)?.range ?? range;
}

/** A query with one value for each variable: enough for syntax and names. The real ones are asked of the backends. */
function fill(panel: Panel, query: Spoken, { dashboard, dataset }: Asked): Interpolated {
  const window = windowOf(panel, query, dataset?.endMs ?? 0, readRangeMs(dashboard) ?? DEFAULT_RANGE_MS);
  return interpolate(query.expr.text, ({ name, format }) => {
    const variable = dashboard.variables.find((one) => one.name.text === name);
    const own = builtIn(name, window);
    if (variable === undefined) return own;
    const held: Held = { values: (staticValues(variable, dataset) ?? ['unknown']).slice(0, 1), isMany: false };
    return formatHeld(held, format, query.language);
  });
}

/** Several values behind `=` have a rule of their own; values that only a backend knows have none. */
function isUnsure(name: string, variables: readonly Variable[], dataset: Dataset | undefined): boolean {
  const variable = variables.find((one) => one.name.text === name);
  return variable === undefined || variable.isMany || staticValues(variable, dataset) === undefined;
}

/** Values that are known without asking: written down, or of a label of one metric, or of log streams. */
function staticValues(variable: Variable, dataset: Dataset | undefined): readonly string[] | undefined {
  const fixed = fixedValues(variable);
  if (fixed !== undefined) return fixed.length > 0 ? fixed : undefined;
  const asked = readLabelValues(variable.query?.text ?? '');
  if (asked === undefined || dataset === undefined || variable.regex !== '') return undefined;
  const metric = asked.selector?.trim();
  const values = variable.language === 'logql' ? indexLogs(dataset).labels.get(asked.label)
    : metric !== undefined && /^[A-Za-z_:][\w:]*$/.test(metric) ? indexDataset(dataset).metrics.get(metric)?.labels?.get(asked.label) : undefined;
  return values === undefined || values.size === 0 ? undefined : [...values].sort();
}
