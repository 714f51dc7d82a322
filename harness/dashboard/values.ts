import type { Labels } from '../model/dataset.ts';
import type { Held } from './interpolate.ts';
import type { QueryLanguage, Variable } from './model.ts';
import { formatSpan } from './time.ts';

/** What is asked, at an instant, to learn the values of a variable. */
export interface Question {
  readonly language: QueryLanguage;
  readonly text: string;
  /** The values are this label's; undefined: whole rows, as `query_result()` gives them. */
  readonly label: string | undefined;
}

/** Values that stand in the dashboard itself; undefined where a data source is asked for them. */
export function fixedValues({ type, query, current }: Variable): readonly string[] | undefined {
  switch (type) {
    case 'custom':
    case 'interval': return splitList(query?.text ?? '');
    case 'constant':
    case 'textbox': return [query?.text ?? current[0] ?? ''];
    case 'query': return undefined;
    default: return current;
  }
}

/** `a,b : 2,c\,d` → `a`, `2`, `c,d`. */
function splitList(text: string): string[] {
  return (text.match(/(?:\\,|[^,])+/g) ?? []).map((part) => part.trim().replaceAll('\\,', ',')).map((part) => /^.*?\s:\s(.*)$/.exec(part)?.[1] ?? part).filter((part) => part !== '');
}

/** Selector and label of `label_values(…)`; undefined for another function. */
export function readLabelValues(query: string): { readonly selector: string | undefined; readonly label: string } | undefined {
  const match = /^label_values\(\s*(?:([^]+?)\s*,\s*)?([A-Za-z_]\w*)\s*\)$/.exec(query.trim());
  return match === null ? undefined : { selector: match[1], label: match[2] ?? '' };
}

/**
 * The question behind a variable. Prometheus is asked for labels by an endpoint of its own in Grafana; the same values come out of a query.
 * @param query with the values of other variables in it. @param rangeMs of the dashboard
 * @returns undefined for a function that is none
 */
export function questionOf(language: QueryLanguage, query: string, rangeMs: number): Question | undefined {
  const range = formatSpan(rangeMs);
  const labels = language === 'jaeger' ? undefined : readLabelValues(query);
  if (labels !== undefined) {
    const { selector, label } = labels;
    return language === 'promql'
      ? { language, label, text: `group by (${label}) (last_over_time(${selector ?? `{${label}!=""}`}[${range}]))` }
      : { language, label, text: `sum by (${label}) (count_over_time(${selector ?? `{${label}=~".+"}`} [${range}]))` };
  }
  if (language !== 'promql') return undefined;
  const [, name, inner = ''] = /^(metrics|query_result)\(([^]*)\)$/.exec(query.trim()) ?? [];
  if (name === 'metrics') return { language, label: '__name__', text: `group by (__name__) (last_over_time({__name__=~".*(?:${inner.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}).*"}[${range}]))` };
  return name === 'query_result' ? { language, label: undefined, text: inner } : undefined;
}

/** The values that Grafana would offer, out of what was answered. */
export function pickValues(variable: Variable, { label }: Question, samples: readonly { readonly labels: Labels; readonly value: string }[]): string[] {
  const texts = samples.map(({ labels, value }) => (label === undefined ? `${formatSeries(labels)} ${value}` : labels[label] ?? ''));
  const pattern = readPattern(variable.regex);
  const values = pattern === undefined ? texts : texts.flatMap((text) => {
    const match = pattern.exec(text);
    return match === null ? [] : [match.groups?.['value'] ?? match[1] ?? match[0]];
  });
  return [...new Set(values)].filter((value) => value !== '').sort();
}

function formatSeries({ __name__ = '', ...labels }: Labels): string {
  return `${__name__}{${Object.entries(labels).map(([name, value]) => `${name}="${value}"`).join(', ')}}`;
}

/** @returns undefined for none, and for one that JavaScript does not take */
function readPattern(regex: string): RegExp | undefined {
  if (regex === '') return undefined;
  const [, body, flags] = /^\/([^]*)\/([a-z]*)$/.exec(regex) ?? [undefined, `^${regex}$`, ''];
  try {
    return new RegExp(body ?? '', (flags ?? '').replace('g', ''));
  } catch {
    return undefined;
  }
}

/** What a variable holds when the dashboard is opened. */
export function firstHeld(variable: Variable, values: readonly string[]): Held {
  const { current, includeAll, isMany } = variable;
  if (includeAll && (current.length === 0 || current.includes('$__all') || !current.some((one) => values.includes(one)))) return heldAll(variable, values);
  const chosen = current.filter((one) => values.includes(one));
  return { values: chosen.length > 0 ? chosen : values.slice(0, 1), isMany };
}

/** Each other thing that a reader can choose: every value alone, and all of them where that is offered. */
export function alternatives(variable: Variable, values: readonly string[]): Held[] {
  const first = JSON.stringify(firstHeld(variable, values));
  const all = variable.isMany && values.length > 1 ? [heldAll(variable, values)] : [];
  return [...all, ...values.map((value): Held => ({ values: [value], isMany: variable.isMany }))].filter((held) => JSON.stringify(held) !== first);
}

function heldAll({ allValue, includeAll }: Variable, values: readonly string[]): Held {
  return { values, isMany: true, ...(includeAll && allValue !== undefined ? { verbatim: allValue } : {}) };
}
