import type { Block } from '../model/block.ts';
import type { Spot } from '../model/course-check.ts';
import { isRuleFile, isShell } from './kinds.ts';
import { readOnce } from '../model/read-once.ts';

/** A label of alerts that is compared with a value. */
export interface AlertMatcher {
  readonly value: string;
  readonly at: Spot;
}
interface Match {
  readonly label: string;
  readonly value: string;
  readonly offset: number;
}

/** Texts in which alerts are asked for: PromQL, what commands ask, panels. Routes are held against alerts by the checker of their file. */
const LANGUAGES = new Set(['promql', 'json']);
/** `severity` means something else in log lines and spans. */
const IS_ABOUT_ALERTS = /\bALERTS(?:_FOR_STATE)?\b|\bamtool\b|:9093\b|\balertname\b/;
/** PromQL's `alertname="A"`, amtool's `alertname=A`, jq's `.alertname == "A"`, also with escaped quotes. `=~` and `!=` ask for no single alert. */
const MATCHER = /\b(alertname|severity)["']?\s*==?\s*(?:\\?["'])?([A-Za-z_][\w-]*)/g;

const readMatchers = readOnce((text): readonly Match[] => (IS_ABOUT_ALERTS.test(text) ? [...text.matchAll(MATCHER)].map((match) => ({ label: match[1] ?? '', value: match[2] ?? '', offset: match.index + match[0].length - (match[2] ?? '').length })) : []));

/** Every comparison of a label of alerts with one value. */
export function alertMatchersIn(blocks: readonly Block[], label: 'alertname' | 'severity'): AlertMatcher[] {
  const asking = blocks.filter((block) => !block.attributes.has('empty') && (LANGUAGES.has(block.language) || isShell(block) || isRuleFile(block)));
  return asking.flatMap((block) => readMatchers(block.text).filter((match) => match.label === label).map(({ value, offset }) => ({ value, at: { block, range: { offset, length: value.length } } })));
}
