import type { Dashboard, Panel, PanelQuery } from '../../dashboard/model.ts';
import { findMentions } from '../../dashboard/interpolate.ts';
import { windowOf } from '../../dashboard/time.ts';
import type { RunResult } from '../../model/backend.ts';
import type { Labels } from '../../model/dataset.ts';
import type { TextRange } from '../../model/place.ts';
import type { DashboardOutput, Value } from '../../model/transcript.ts';
import type { Ask, Asking } from './ask.ts';
import { fillIn, type Assignment } from './variables.ts';

type PanelAnswer = DashboardOutput['panels'][number];
type QueryAnswer = PanelAnswer['answers'][number];
export interface PanelMistake {
  readonly rule: 'no-data' | 'refused' | 'wrong-panel' | 'unknown-legend';
  readonly range: TextRange;
  readonly message: string;
}
/** Series kept of an answer; `total` says how many there were. */
const KEPT_SERIES = 20;

interface Planned {
  readonly panel: Panel;
  readonly query: PanelQuery;
  readonly assignment: Assignment;
  readonly asking: Asking;
  readonly chosen: Labels;
}

/** Asks every query of every panel, once for each text that the variables make of it. @param nowMs of the dataset's clock */
export async function askPanels({ panels }: Dashboard, assignments: readonly Assignment[], nowMs: number, rangeMs: number, ask: Ask): Promise<{ readonly panels: DashboardOutput['panels']; readonly mistakes: readonly PanelMistake[] }> {
  const planned = panels.flatMap((panel) => panel.queries.flatMap((query) => planQuery(panel, query, assignments, nowMs, rangeMs)));
  const results = await ask(planned.map(({ asking }) => asking));
  const answered = planned.map((one, index) => ({ ...one, result: results[index] as RunResult }));
  const shown = panels.filter(({ type }) => type?.text !== 'row').map((panel): PanelAnswer => {
    const own = answered.filter((one) => one.panel === panel && one.result.output !== undefined);
    const reason = panel.queries.length > 0 && own.length === 0 ? explainUnasked(panel) : undefined;
    return { title: panel.title, type: panel.type?.text ?? '', ...(panel.unit === undefined ? {} : { unit: panel.unit.text }), ...(reason === undefined ? {} : { unasked: reason }), answers: own.map(toAnswer) };
  });
  const mistakes = [...Map.groupBy(answered, ({ query }) => query).values()].flatMap(judgeQuery);
  return { panels: shown, mistakes };
}

function explainUnasked({ queries, timeShift, dataSource }: Panel): string | undefined {
  if (timeShift !== undefined) return 'it is shifted in time';
  const [query] = queries;
  if (query?.isHidden === true) return 'its queries are hidden';
  return query?.language === undefined ? `${query?.dataSource?.type ?? dataSource?.type ?? 'its data source'} is not asked` : 'its query is not known';
}

function planQuery(panel: Panel, query: PanelQuery, assignments: readonly Assignment[], nowMs: number, rangeMs: number): Planned[] {
  const { expr, language, isInstant, isHidden } = query;
  if (expr === undefined || language === undefined || isHidden || expr.text.trim() === '' || panel.timeShift !== undefined) return [];
  const window = windowOf(panel, query, nowMs, rangeMs);
  const names = [...new Set(findMentions(expr.text).map(({ name }) => name))].filter((name) => !name.startsWith('__'));
  const made = new Map<string, Planned>();
  for (const assignment of assignments) {
    // A variable without values has its own finding, and a query with its name in it asks nothing.
    if (names.some((name) => !assignment.has(name))) continue;
    const text = fillIn(expr.text, language, assignment, window);
    const chosen = Object.fromEntries(names.map((name) => [name, assignment.get(name)?.values.join(', ') ?? '']));
    if (!made.has(text)) made.set(text, { panel, query, assignment, chosen, asking: { language, text, window: isInstant ? undefined : { rangeMs: window.endMs - window.startMs, stepMs: window.intervalMs } } });
  }
  return [...made.values()];
}

function toAnswer({ query, chosen, asking, result }: Planned & { readonly result: RunResult }): QueryAnswer {
  const { output } = result;
  const shared = { refId: query.refId, query: asking.text, variables: chosen };
  if (output?.kind === 'logs') {
    // Of many lines only the first are kept.
    const last = output.total > output.entries.length ? undefined : output.entries.at(-1)?.line;
    return { ...shared, of: 'lines', total: output.total, series: [], ...(last === undefined ? {} : { last }) };
  }
  if (output?.kind === 'traces') return { ...shared, of: 'traces', total: output.total, series: [] };
  const series = lastValues(result);
  return { ...shared, of: 'series', total: series.length, series: series.slice(0, KEPT_SERIES).map(({ labels, value }) => ({ ...legendOf(query.legend, labels), labels, value })) };
}

/** As `legendFormat` says; undefined where the labels say it. */
function legendOf(legend: string | undefined, labels: Labels): { readonly legend?: string } {
  if (legend === undefined || legend === '__auto') return {};
  return { legend: legend.replace(/\{\{\s*([^}]+?)\s*\}\}/g, (_, name: string) => labels[name] ?? '') };
}

/** The last number of each series: what a stat shows, and where a line ends. A series of nothing but NaN shows nothing. */
function lastValues({ output }: RunResult): readonly { readonly labels: Labels; readonly value: Value }[] {
  if (output?.kind === 'vector') return output.samples.filter(({ value }) => value !== 'NaN');
  if (output?.kind !== 'matrix') return [];
  return output.series.flatMap(({ labels, points }) => {
    const last = points.findLast(([, value]) => value !== 'NaN');
    return last === undefined ? [] : [{ labels, value: last[1] }];
  });
}

const NOUNS: Readonly<Record<string, string>> = { logs: 'line', traces: 'trace' };

/** One finding a query, however many values of its variables it fails with. */
function judgeQuery(asked: readonly (Planned & { readonly result: RunResult })[]): PanelMistake[] {
  const [first] = asked;
  if (first === undefined) return [];
  const { panel, query } = first;
  const refused = asked.find(({ result }) => result.output === undefined);
  if (refused !== undefined) {
    return [{ rule: 'refused', range: query.range, message: `${refused.result.findings[0]?.message.replace(/^Found a query/, `Found a query of the panel \`${panel.title}\``).replace(/ Correct the query;.*$/, '') ?? ''}${choiceOf(refused)} Asked was \`${oneLine(refused)}\`. Correct it.` }];
  }
  const without = asked.filter((one) => toAnswer(one).total === 0);
  if (without.length === 0) return [...judgePanelType(first), ...judgeLegend(asked)];
  if (panel.noValue !== undefined) return without.length === asked.length ? [] : judgeLegend(asked);
  const whole = without.length === asked.length ? '' : without.map(({ chosen }) => Object.entries(chosen).map(([name, value]) => `${name}=${value}`).join(', ')).slice(0, 5).join('; ');
  const isNan = without.some(({ result: { output } }) => (output?.kind === 'matrix' && output.series.length > 0) || (output?.kind === 'vector' && output.samples.length > 0));
  return [{
    rule: 'no-data', range: query.range,
    message: `Found no data for query ${query.refId === '' ? 'of' : `${query.refId} of`} the panel \`${panel.title}\`${whole === '' ? '' : ` with ${whole}`}, expected at least one ${NOUNS[asked[0]?.result.output?.kind ?? ''] ?? 'number'}${isNan ? ': it answers NaN only, as a division by nothing does' : ''}. Asked was \`${oneLine(without[0])}\`. Look at names, labels and the time; where nothing is a good answer, say what stands there with \`noValue\`.`,
  }];
}

/** Panels that draw numbers. Tables and texts show either. */
const OF_NUMBERS = new Set(['timeseries', 'stat', 'gauge', 'bargauge', 'barchart', 'piechart', 'heatmap', 'histogram', 'state-timeline', 'status-history', 'trend']);

/** Lines or traces where numbers are drawn, and anything but lines where lines are listed: Grafana shows an error in place of either. */
function judgePanelType({ panel, query, result: { output } }: Planned & { readonly result: RunResult }): PanelMistake[] {
  const type = panel.type?.text ?? '';
  const found = output?.kind === 'logs' ? 'lines' : output?.kind === 'traces' ? 'traces' : 'numbers';
  const wanted = OF_NUMBERS.has(type) ? 'numbers' : type === 'logs' ? 'lines' : found;
  if (found === wanted) return [];
  const advice = found === 'lines' ? 'Put `count_over_time(… [$__auto])` or the like around it, or make the panel `logs`.' : found === 'traces' ? 'Make the panel a `table`.' : 'Take the function away, or make the panel `timeseries`.';
  return [{ rule: 'wrong-panel', range: query.range, message: `Found a query for ${found} in a panel of type \`${type}\`, expected one for ${wanted}. ${advice}` }];
}

/** `{{methd}}` in a legend: every series is called nothing. */
function judgeLegend(asked: readonly (Planned & { readonly result: RunResult })[]): PanelMistake[] {
  const query = asked[0]?.query;
  const series = asked.flatMap((one) => lastValues(one.result));
  const names = [...(query?.legend ?? '').matchAll(/\{\{\s*([^}]+?)\s*\}\}/g)].map(([, name = '']) => name);
  const unknown = names.find((name) => !series.some(({ labels }) => Object.hasOwn(labels, name)));
  if (query === undefined || unknown === undefined || series.length === 0) return [];
  const known = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))];
  return [{ rule: 'unknown-legend', range: query.range, message: `Found \`{{${unknown}}}\` in the legend of this query, and none of its series has that label: ${known.length === 0 ? 'it answers without labels' : `they have ${known.map((name) => `\`${name}\``).join(', ')}`}. ${known.length === 0 ? 'Keep' : 'Name one of these, or keep'} the label in \`by (…)\`.` }];
}

function oneLine(planned: Planned | undefined): string {
  return planned?.asking.text.replaceAll('\n', ' ') ?? '';
}

function choiceOf({ chosen }: Planned): string {
  const pairs = Object.entries(chosen).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? '' : ` With ${pairs.join(', ')}.`;
}
