import { parse, stringify } from 'yaml';
import { scaleDuration, scaleWindows } from './clock.ts';

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly { readonly expr: string; readonly for?: string }[] }[];
}

/** Rule files as one, their windows and `for` scaled, each text once: what the shop's Prometheus evaluates every second. */
export function scaleRules(texts: readonly string[], scale: number): string {
  const groups = [...new Set(texts)].flatMap((text, index) => (parse(text) as RuleFile).groups.map(({ name, rules }) => ({
    name: `${name}-${index}`,
    rules: rules.map((rule) => ({ ...rule, expr: scaleWindows(rule.expr, scale), ...(rule.for === undefined ? {} : { for: scaleDuration(rule.for, scale) }) })),
  })));
  return stringify({ groups });
}
