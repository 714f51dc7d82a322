import type { RunRequest } from '../../model/backend.ts';
import type { Dataset, Labels, Sample, Series } from '../../model/dataset.ts';
import { readAssertions } from '../../rule-file/assertions.ts';
import { readRuleFile, rulesOf, type PrometheusRule, type RuleFile } from '../../rule-file/rule-file.ts';
import type { Case } from '../alerting/judge.ts';
import type { Promtool } from '../alerting/promtool.ts';
import { runVirtualTime, type VirtualRequest } from '../alerting/virtual-time.ts';
import { getJson } from '../answers.ts';

/** A Loki that holds datasets, each under the tenant beside it. */
export interface LoadedLoki {
  readonly url: string;
  readonly tenants: ReadonlyMap<Dataset, string>;
}
export type Evaluated = Case | (Omit<Case, 'result'> & { readonly refused: { readonly rule: PrometheusRule; readonly said: string } });
interface Matrix {
  readonly data: { readonly result: readonly { readonly metric: Labels; readonly values: readonly (readonly [seconds: number, value: string])[] }[] };
}

/** Every dataset that a block of rules names, its own first. */
export function datasetsOf(request: RunRequest): Dataset[] {
  const { fires, quiet, never, datasets } = readAssertions(request.block);
  const main = datasets[0] === undefined ? request.dataset : request.named(datasets[0]);
  const names = [...fires.flatMap(({ dataset }) => dataset ?? []), ...quiet, ...never.map(({ control }) => control)];
  return [...new Set([...(main === undefined ? [] : [main]), ...names.map(request.named)])];
}

/**
 * What rules do over their datasets. There is no virtual time for LogQL: Loki answers each expression at every step of the dataset,
 * and promtool runs the rules over these answers, `for` included. Throws what either throws.
 */
export async function evaluateOnLoki(requests: readonly RunRequest[], loki: LoadedLoki, promtool: Promtool, signal: AbortSignal): Promise<Evaluated[]> {
  const prepared: Prepared[] = [];
  // One after another: a range query is already split over all of Loki's queriers.
  for (const request of requests) {
    const datasets = datasetsOf(request);
    const file = readRuleFile(request.block.text);
    const one = { block: request.block, file, needs: [], assertions: readAssertions(request.block), main: datasets[0] as Dataset, named: request.named };
    prepared.push({ one, answers: await askAll(rulesOf(file), datasets, loki, signal), text: pointAtAnswers(request.block.text, file) });
  }
  const sound = prepared.filter(({ answers }) => !('refused' in answers));
  const wanted = sound.map(({ answers, text }): VirtualRequest => ({ text, file: readRuleFile(text), needs: [], datasets: 'refused' in answers ? [] : answers.datasets }));
  const results = await runVirtualTime(wanted, promtool, signal);
  return prepared.map((each): Evaluated => ('refused' in each.answers ? { ...each.one, refused: each.answers.refused } : { ...each.one, result: results[sound.indexOf(each)] ?? { runs: new Map(), failures: [] } }));
}

type Answers = { readonly datasets: readonly Dataset[] } | { readonly refused: { readonly rule: PrometheusRule; readonly said: string } };
interface Prepared {
  readonly one: Omit<Case, 'result'>;
  readonly answers: Answers;
  /** The rules, pointed at the answers. */
  readonly text: string;
}
const answerName = (index: number): string => `course_loki_answer_${index}`;

/** Asks for every expression over every dataset. @returns the datasets with the answers as series, or the first refusal */
async function askAll(rules: readonly PrometheusRule[], datasets: readonly Dataset[], { url, tenants }: LoadedLoki, signal: AbortSignal): Promise<Answers> {
  const answered: Dataset[] = [];
  for (const dataset of datasets) {
    const series: Series[] = [];
    for (const [index, rule] of rules.entries()) {
      const parameters = { query: rule.expression.value, start: `${dataset.startMs}000000`, end: `${dataset.endMs}000000`, step: String(dataset.stepMs / 1000) };
      const answer = await getJson<Matrix>(`${url}/loki/api/v1/query_range`, parameters, signal, { 'X-Scope-OrgID': tenants.get(dataset) ?? '' });
      if (!answer.ok) return { refused: { rule, said: answer.message } };
      series.push(...answer.value.data.result.map((one) => toSeries(one, answerName(index), dataset)));
    }
    answered.push({ ...dataset, series });
  }
  return { datasets: answered };
}

/** A rule is false where there is no answer: what was there a step ago must not be taken for still there. */
function toSeries({ metric, values }: Matrix['data']['result'][number], name: string, { startMs, stepMs }: Dataset): Series {
  const samples: Sample[] = values.flatMap(([seconds, value], index): Sample[] => {
    const atMs = startMs + Math.round((seconds * 1000 - startMs) / stepMs) * stepMs;
    const previous = values[index - 1];
    const gap = previous !== undefined && (seconds - previous[0]) * 1000 > stepMs * 1.5;
    return [...(gap ? [[Math.round(previous[0] * 1000) + stepMs, null] as const] : []), [atMs, Number(value)]];
  });
  const last = samples.at(-1);
  return { labels: { __name__: name, ...metric }, samples: last === undefined ? [] : [...samples, [last[0] + stepMs, null]], histograms: [], exemplars: [] };
}

/** The rule file with each expression replaced by the series of its answers. */
function pointAtAnswers(text: string, file: RuleFile): string {
  const rules = rulesOf(file).map((rule, index) => ({ range: rule.expression.range, index }));
  return rules.toSorted((left, right) => right.range.offset - left.range.offset).reduce((so, { range, index }) => {
    const end = range.offset + range.length;
    return `${so.slice(0, range.offset)}${answerName(index)}${so.slice(end)}`;
  }, text);
}
