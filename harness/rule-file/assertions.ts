import type { Block } from '../model/block.ts';
import { parseDurationMs } from './durations.ts';

/** `fires=A after=8m45s` over one dataset. `dataset` undefined: the block's own (its page's default). */
export interface FiresAssertion {
  readonly alert: string;
  readonly dataset: string | undefined;
  readonly afterMs: number | undefined;
}
export interface NeverAssertion {
  readonly alert: string;
  readonly dataset: string | undefined;
  readonly control: string;
  /** How long after the control's fault it fires there; undefined: the author does not say. */
  readonly controlAfterMs: number | undefined;
}
export interface AssertionProblem {
  readonly attribute: 'fires' | 'after' | 'quiet' | 'never' | 'control' | 'dataset';
  readonly message: string;
}
/** What the author says about a block's alerting rules. */
export interface RuleAssertions {
  readonly fires: readonly FiresAssertion[];
  /** Each distinct alert of `fires` stays quiet on each of these. */
  readonly quiet: readonly string[];
  readonly never: readonly NeverAssertion[];
  /** The datasets of the attribute; empty: the page's default. */
  readonly datasets: readonly string[];
  readonly problems: readonly AssertionProblem[];
}

/** Splits a list at commas outside parentheses and removes all blanks: `a, b(x=1,y=2)` has two items. */
export function splitList(text: string): readonly string[] {
  const items = [''];
  let depth = 0;
  for (const char of text.replace(/\s/g, '')) {
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (char === ',' && depth === 0) items.push('');
    else items[items.length - 1] += char;
  }
  return items;
}

/** The incident of a dataset name: `checkout-lag` of `checkout-lag(discount.latency=1.5s)`. */
export function incidentOf(dataset: string): string {
  return dataset.split('(')[0] ?? dataset;
}

/** Whether a dataset name has overrides. */
export function isVariant(dataset: string): boolean {
  return dataset.includes('(');
}

/** Reads `fires`, `after`, `dataset`, `quiet`, `never` and `control` of a block. Lists pair by position. Never throws. */
export function readAssertions(block: Block): RuleAssertions {
  const problems: AssertionProblem[] = [];
  const list = (attribute: AssertionProblem['attribute']): readonly string[] => {
    const value = block.attributes.get(attribute)?.value;
    if (value === undefined) return [];
    const items = typeof value === 'string' ? splitList(value) : [];
    if (items.length === 0 || items.includes('')) {
      problems.push({ attribute, message: `${attribute} has an empty item; expected names separated by commas. Write \`${attribute}=…\`.` });
    }
    return items.filter((item) => item !== '');
  };
  const [fires, after, datasets, quiet, never, control] = [list('fires'), list('after'), list('dataset'), list('quiet'), list('never'), list('control')];
  const pair = (attribute: 'after' | 'control' | 'dataset', items: readonly string[], with_: 'fires' | 'never', names: readonly string[]): void => {
    if (items.length === names.length) return;
    problems.push({ attribute, message: `${attribute} has ${count(items)} and ${with_} has ${count(names)}; they pair by position. Give ${attribute} one item for each item of ${with_}.` });
  };
  // That it fires, and not when, is what an incident may be about.
  const isUntimed = after.length === 0 && block.expectation !== undefined;
  if (never.length === 0 && !isUntimed) pair('after', after, 'fires', fires);
  if (never.length > 0 && after.length !== fires.length && after.length !== fires.length + never.length && !isUntimed) {
    problems.push({ attribute: 'after', message: `after has ${count(after)}, fires has ${count(fires)} and never has ${count(never)}; they pair by position, fires first. Give after one item for each of fires, or for each of fires and of never.` });
  }
  if (never.length > 0 || control.length > 0) pair('control', control, 'never', never);
  if (datasets.length > 1) pair('dataset', datasets, 'fires', fires);
  return {
    fires: fires.map((alert, index) => ({
      alert, dataset: datasets.length > 1 ? datasets[index] : datasets[0], afterMs: readAfter(after[index], problems),
    })),
    quiet,
    never: never.flatMap((alert, index) => {
      const controlled = control[index];
      return controlled === undefined ? [] : [{ alert, dataset: datasets[0], control: controlled, controlAfterMs: readAfter(after[fires.length + index], problems) }];
    }),
    datasets,
    problems,
  };
}

function readAfter(text: string | undefined, problems: AssertionProblem[]): number | undefined {
  if (text === undefined) return undefined;
  const afterMs = parseDurationMs(text);
  if (afterMs === undefined) {
    problems.push({ attribute: 'after', message: `after has ${JSON.stringify(text)}, which is not a duration. Write the time from the fault to firing as 8m45s.` });
  }
  return afterMs;
}

function count(items: readonly string[]): string {
  return items.length === 1 ? '1 item' : `${items.length} items`;
}
