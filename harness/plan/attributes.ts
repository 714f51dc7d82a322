import type { Attribute, Block } from '../model/block.ts';

/** Attributes that mean something on every block, whatever its checker. */
export const commonAttributes = ['name', 'title', 'file', 'no_run', 'ignore', 'reason', 'until'] as const;

const DURATION = /^(\d+(ms|s|m|h|d))+$/;
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;
const EXPECTATION = /^(?:(?:all|any|value|count)(?:\{[^{};]+\})?\s*(?:==|!=|>=|<=|>|<)\s*[-+]?(?:\d+(?:\.\d*)?(?:e[-+]?\d+)?|Inf|NaN)|contains=(?:'[^']*'|"[^"]*")|[A-Za-z_][\w./-]*=[^=].*)$/;

interface Form {
  readonly matches: (value: string) => boolean;
  readonly wanted: string;
}
const duration: Form = { matches: (value) => DURATION.test(value), wanted: 'a duration such as 30s, 15m or 8m45s' };
const forms: Readonly<Record<string, Form>> = {
  at: { matches: (value) => CLOCK.test(value), wanted: 'a clock time of the dataset such as 14:32 or 14:32:15' },
  range: duration,
  step: duration,
  control: { matches: (value) => value.split('@').length <= 2 && CLOCK.test(value.split('@')[1]?.trim() ?? '00:00'), wanted: 'a dataset, a clock time as @14:10, or both as checkout-lag@14:10' },
  scrapes: { matches: (value) => /^[1-9]\d?$/.test(value), wanted: 'a number of scrapes from 1 to 99' },
  until: { matches: isDate, wanted: 'a date such as 2027-03-01' },
  expect: {
    matches: (value) => value.split(';').every((part) => EXPECTATION.test(part.trim())),
    wanted: "parts joined by `;`, each one of: all|any|value|count with a comparison (of some series only: all{of=p95}), contains='text', label=value",
  },
};
/** A day that the calendar has: `2027-02-30` would never pass. */
function isDate(value: string): boolean {
  const time = Date.parse(`${value}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}
const BARE = new Set(['empty', 'alone', 'no_run', 'ignore']);

/** What is wrong with an attribute's form; undefined when nothing is. */
export function explainBadForm(attribute: Attribute): string | undefined {
  const { name, value } = attribute;
  if (BARE.has(name)) return value === true ? undefined : `Found \`${name}=${value}\`, expected \`${name}\` alone: it takes no value. Remove \`=${value}\`.`;
  const form = forms[name];
  if (form === undefined) return undefined;
  // A missing value is parsing's finding.
  if (value === true) return undefined;
  return form.matches(value) ? undefined : `Found \`${name}=${value}\`, expected ${form.wanted}. Change the value.`;
}

/** The block's text value of an attribute; undefined for a missing or bare one. */
export function textOf(block: Block, name: string): string | undefined {
  const value = block.attributes.get(name)?.value;
  return typeof value === 'string' ? value : undefined;
}
