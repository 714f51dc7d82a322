import type { Labels } from '../../model/dataset.ts';
import { parseDurationMs } from '../../rule-file/durations.ts';
import { unquote } from '../../rule-file/expression.ts';

/** One expectation that promtool found wrong. Ours are wrong on purpose: what it got is the answer. */
export type Got =
  | { readonly kind: 'samples'; readonly expression: string; readonly timeMs: number; readonly samples: readonly { readonly labels: Labels; readonly value: string }[] }
  | { readonly kind: 'alerts'; readonly test: string; readonly alert: string; readonly timeMs: number; readonly alerts: readonly { readonly labels: Labels; readonly annotations: Labels }[] }
  | { readonly kind: 'evaluation-error'; readonly rule: string; readonly message: string }
  /** Anything else that promtool said: never expected. */
  | { readonly kind: 'other'; readonly text: string };

/**
 * Reads what `promtool test rules` printed: one list per test file, in order.
 * Source of the format: prometheus/cmd/promtool/unittest.go.
 */
export function readPromtoolOutput(output: string): readonly (readonly Got[])[] {
  const [head = '', ...sections] = output.split(/^ {2}FAILED:\n/m);
  const before = head.trim();
  const read = sections.map(readSection);
  return before === '' ? read : [[{ kind: 'other', text: before }], ...read];
}

const SAMPLES = /^expr: ("(?:[^"\\]|\\.)*"), time: (\S+),\n\s*exp: nil\n\s*got: (.*)$/;
const ALERTS = /^name: ([^\n]*),\n\s*alertname: ([^\n]*), time: (\S+), ?\n\s*exp:\[\], ?\n\s*got:\[\n([\s\S]*)\n\s*\]$/;
const EVALUATION_ERROR = /^rule: (.*?), time: \S+, err: ([\s\S]*)$/;

function readSection(section: string): Got[] {
  // Each expectation begins at an indentation of four; what belongs to it stands deeper.
  const parts = section.split(/^ {4}(?=\S)/m).map((part) => part.trim());
  // The name of an alert's test and its alertname line are two parts of one expectation.
  const joined: string[] = [];
  for (const part of parts) {
    if (part.startsWith('alertname: ') && joined.at(-1)?.startsWith('name: ')) joined[joined.length - 1] += `\n${part}`;
    else if (part !== '') joined.push(part);
  }
  return joined.map(readPart);
}

function readPart(part: string): Got {
  const samples = SAMPLES.exec(part);
  if (samples !== null) {
    return { kind: 'samples', expression: unquote(samples[1] ?? '""'), timeMs: readTime(samples[2]), samples: readSamples(samples[3] ?? '') };
  }
  const alerts = ALERTS.exec(part);
  if (alerts !== null) {
    const [, test = '', alert = '', time, body = ''] = alerts;
    return { kind: 'alerts', test, alert, timeMs: readTime(time), alerts: readAlerts(body) };
  }
  const failed = EVALUATION_ERROR.exec(part);
  if (failed !== null) return { kind: 'evaluation-error', rule: failed[1] ?? '', message: failed[2] ?? '' };
  return { kind: 'other', text: part };
}

function readTime(text: string | undefined): number {
  return parseDurationMs(text ?? '') ?? Number.NaN;
}

function readSamples(text: string): { labels: Labels; value: string }[] {
  return [...text.matchAll(/\{((?:[^"{}]|"(?:[^"\\]|\\.)*")*)\} (\{\{.*?\}\}|\S+?)(?:, |$)/g)]
    .map(([, labels = '', value = '']) => ({ labels: readLabels(labels), value }));
}

function readAlerts(body: string): { labels: Labels; annotations: Labels }[] {
  return [...body.matchAll(/Labels:\{(.*)\}\n\s*Annotations:\{(.*)\}/g)]
    .map(([, labels = '', annotations = '']) => ({ labels: readLabels(labels), annotations: readLabels(annotations) }));
}

/** `a="b", "c d"="e"`, as Go prints labels: sorted by name. */
function readLabels(text: string): Labels {
  const pairs = text.matchAll(/("(?:[^"\\]|\\.)*"|[\w.:]+)=("(?:[^"\\]|\\.)*")/g);
  return Object.fromEntries([...pairs].map(([, name = '', value = '']) => [name.startsWith('"') ? unquote(name) : name, unquote(value)]));
}
