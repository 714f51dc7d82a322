import type { Block } from '../../model/block.ts';
import type { CheckContext, Finding } from '../../model/checker.ts';
import type { TextRange } from '../../model/place.ts';
import { severities } from '../../model/severities.ts';
import { HarnessError } from '../../model/verdict.ts';
import { alertsOf } from '../../rule-file/rule-file.ts';
import { ruleBlocksFor, writtenLabels } from '../../rule-file/routed-alerts.ts';
import { indexDataset } from '../support/metric-index.ts';
import { readNamedLabels, type NamedLabel } from '../support/matchers.ts';
import { hintAt, suggest } from '../support/suggest.ts';

export interface LabelFinding {
  readonly rule: 'unknown-alert' | 'unknown-label' | 'unknown-label-value';
  readonly range: TextRange;
  readonly message: string;
  readonly related?: NonNullable<Finding['related']>;
}

/** Where an alert is defined. */
type Spot = NonNullable<Finding['related']>[number]['at'];

/** What alerts of the course can carry. */
interface Known {
  readonly alerts: ReadonlyMap<string, Spot>;
  /** Values of each label: undefined when nothing is known of what alerts carry (no dataset). */
  readonly valuesOf: ReadonlyMap<string, ReadonlySet<string>> | undefined;
}

/** Routes, groupings and inhibitions by labels or values that no alert of the course has: they load, and never match. */
export function checkLabels(block: Block, context: CheckContext): readonly LabelFinding[] {
  const named = readNamedLabels(block.text);
  if (named.length === 0) return [];
  const known = readKnown(block, context);
  return named.flatMap((one) => checkOne(one, known) ?? []);
}

function checkOne({ label, labelRange, matcher }: NamedLabel, { alerts, valuesOf }: Known): LabelFinding | undefined {
  // `...` groups by all labels.
  if (label === '...') return undefined;
  const values = label === 'alertname' ? new Set(alerts.keys()) : label === 'severity' ? new Set(severities) : valuesOf?.get(label);
  if (values === undefined) {
    const names = ['alertname', 'severity', ...valuesOf?.keys() ?? []];
    return valuesOf === undefined ? undefined : { rule: 'unknown-label', range: labelRange, message: `Found the label \`${label}\`, which no alert of the course carries, so this never matches.${hintAt(label, names)} Correct the label.` };
  }
  // An empty value asks for alerts without the label.
  if (matcher === undefined || matcher.value === '') return undefined;
  const { operator, value, range } = matcher;
  if (operator.endsWith('~') ? matchesAny(value, values) : values.has(value)) return undefined;
  const written = `${label}${operator}${JSON.stringify(value)}`;
  if (label === 'alertname') return { rule: 'unknown-alert', range, message: `Found \`${written}\`, but no rule of the course defines such an alert.${hintAt(value, alerts.keys())} Correct the name, or show its rule.`, ...relatedTo(value, alerts) };
  return { rule: 'unknown-label-value', range, message: `Found \`${written}\`, but no alert of the course carries that.${hintAt(value, values)} Correct the value.` };
}

/** The rule that is most likely meant. */
function relatedTo(value: string, alerts: ReadonlyMap<string, Spot>): Pick<LabelFinding, 'related'> {
  const near = suggest(value, alerts.keys());
  const at = alerts.get(near ?? '');
  return at === undefined ? {} : { related: [{ message: `\`${near}\` is defined here`, at }] };
}

/** Alertmanager anchors expressions. One that JavaScript cannot read is amtool's to judge. */
function matchesAny(expression: string, values: ReadonlySet<string>): boolean {
  try {
    const pattern = new RegExp(`^(?:${expression})$`);
    return [...values].some((value) => pattern.test(value));
  } catch {
    return true;
  }
}

function readKnown(block: Block, context: CheckContext): Known {
  // Those of the block's own page come first, and count.
  const defined = ruleBlocksFor(block, context.allBlocks).flatMap(({ block: from, file }) => alertsOf(file).map((rule) => ({ from, rule }))).toReversed();
  const rules = defined.map(({ rule }) => rule);
  const values = readSeriesLabels(block, context);
  for (const [label, value] of rules.flatMap((rule) => [...rule.labels].map(([name, { value: text }]) => [name, text] as const))) {
    values?.set(label, new Set([...values.get(label) ?? [], ...(value.includes('{{') ? [] : [value])]));
  }
  for (const [label, value] of rules.flatMap(writtenLabels)) values?.get(label)?.add(value);
  return { alerts: new Map(defined.map(({ from, rule }) => [rule.name.value, { block: from, range: rule.name.range }])), valuesOf: values };
}

/** Labels of the dataset's series; undefined without a dataset, or when there is none of that name (planning's finding). */
function readSeriesLabels(block: Block, context: CheckContext): Map<string, Set<string>> | undefined {
  const name = context.datasetOf(block);
  if (name === undefined) return undefined;
  try {
    const values = new Map<string, Set<string>>();
    for (const { labels = new Map() } of indexDataset(context.dataset(name)).metrics.values()) {
      for (const [label, all = []] of labels) values.set(label, new Set([...values.get(label) ?? [], ...all]));
    }
    return values;
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    return undefined;
  }
}
