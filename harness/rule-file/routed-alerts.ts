import type { Block } from '../model/block.ts';
import { alertsOf, readRuleFile } from './rule-file.ts';
import type { PrometheusRule, RuleFile } from './rule-file.ts';

/** One item of `alerts=`: an alert as its rule raises it over the dataset, or one stated with the labels that matter. */
export interface RoutedAlert {
  readonly name: string;
  /** Labels of a stated alert, beside those that its rule sets; undefined: the rule is evaluated over the dataset. */
  readonly stated: ReadonlyMap<string, string> | undefined;
}
/** A block of the course that defines alerts. */
export interface RuleBlock {
  readonly block: Block;
  readonly file: RuleFile;
}
const RULE_TITLE = /\.rules\.ya?ml$/;
const ITEM = /^([A-Za-z_][\w:]*)(?:\{([^{}]*)\})?$/;
const LABEL = /^([A-Za-z_]\w*)=([^,={}"]+)$/;

/** Reads `alerts="HighLatencyP99, PoolFull{service=checkout}"`; items that cannot be read are in `problems`, as written. */
export function readRoutedAlerts(text: string): { readonly alerts: readonly RoutedAlert[]; readonly problems: readonly string[] } {
  const alerts: RoutedAlert[] = [];
  const problems: string[] = [];
  for (const item of text.split(/,(?![^{]*\})/).map((part) => part.trim())) {
    const [, name, labels] = ITEM.exec(item) ?? [];
    const pairs = (labels ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '').map((part) => LABEL.exec(part));
    if (name === undefined || pairs.includes(null)) problems.push(item);
    else alerts.push({ name, stated: labels === undefined ? undefined : new Map(pairs.map((pair) => [pair?.[1] ?? '', (pair?.[2] ?? '').trim()])) });
  }
  return { alerts, problems };
}

/** Blocks of the course that define rules, those of the block's own page first. */
export function ruleBlocksFor(block: Block, allBlocks: readonly Block[]): readonly RuleBlock[] {
  const near = allBlocks.filter((other) => RULE_TITLE.test(other.title ?? '') && !other.attributes.has('rejects') && !other.attributes.has('ignore'));
  return near.toSorted((left, right) => Number(right.page === block.page) - Number(left.page === block.page)).map((one) => ({ block: one, file: readRuleFile(one.text) }));
}

/** The first block that defines an alert of this name, with all rules of that name in it (a page and a ticket may share one). */
export function findAlert(name: string, blocks: readonly RuleBlock[]): { readonly from: RuleBlock; readonly rules: readonly PrometheusRule[] } | undefined {
  for (const from of blocks) {
    const rules = alertsOf(from.file).filter((rule) => rule.name.value === name);
    if (rules.length > 0) return { from, rules };
  }
  return undefined;
}

/** Labels that a rule itself writes, without those that a template computes. */
export function writtenLabels(rule: PrometheusRule): readonly (readonly [label: string, value: string])[] {
  return [...rule.labels].map(([label, { value }]) => [label, value] as const).filter(([, value]) => !value.includes('{{'));
}
