import type { Checker } from '../model/checker.ts';
import type { Level, Rule, RuleId } from '../model/diagnostic.ts';
import { checkers } from '../checkers/index.ts';
import type { Found } from './model.ts';

/** What only a scan says. What checkers say keeps their names. */
export const scanRules = {
  'flipped-fence': { level: 'error', summary: 'A fence opens inside a fence of as many marks: from there on code and prose change places.' },
  'unclosed-fence': { level: 'warning', summary: 'A fence is never closed, so that the rest of the document is code.' },
  'odd-character': { level: 'warning', summary: 'A program refuses the text for a character of word processors, and takes it without.' },
  'wrong-tag': { level: 'warning', summary: 'The text is right in another language than its tag says.' },
  'mixed-languages': { level: 'error', summary: 'Lines of another language stand in a file, which nothing reads so.' },
  'not-yaml': { level: 'error', summary: 'The text is not YAML.' },
  'address-as-command': { level: 'error', summary: 'An address stands where a shell expects a command.' },
  'not-a-command': { level: 'error', summary: 'A line among commands is none, and does not parse.' },
  'refused-by-loki': { level: 'error', summary: 'Loki refuses the configuration.' },
  'does-not-load': { level: 'error', summary: 'Its server refuses the file when it loads it.' },
  'removed-component': { level: 'error', summary: 'The OpenTelemetry Collector has the component no more.' },
  'undefined-component': { level: 'error', summary: 'A pipeline names a component that the file does not define.' },
  'services-missing': { level: 'error', summary: 'Services of Compose stand beside its sections instead of below `services`.' },
  'undefined-network': { level: 'error', summary: 'A service uses a network that the file does not define, although it defines others of its sections.' },
  'unexpanded-variable': { level: 'error', summary: 'Alertmanager expands no variables, and refuses the text as an address.' },
  'unknown-panel': { level: 'error', summary: 'Grafana has no panel of that type.' },
  'retired-panel': { level: 'warning', summary: 'Grafana has the panel, or a part of it, no more.' },
  'bad-query': { level: 'error', summary: 'The query of a panel is neither PromQL nor LogQL.' },
  'missing-import': { level: 'error', summary: 'A file uses a name that it does not import, and another sample of the document does.' },
  'retired-option': { level: 'error', summary: 'A package of OpenTelemetry has the option no more.' },
  'wrong-path': { level: 'error', summary: 'A relative import leads past the file that the document calls so.' },
} as const satisfies Readonly<Record<string, Rule>>;
export type ScanRule = keyof typeof scanRules;

/** Rules of checkers that hold for any document; all others are about this course. */
const BORROWED: Readonly<Record<string, readonly string[]>> = {
  promql: ['syntax-error', 'type-error'], logql: ['syntax-error'], rules: ['syntax-error', 'wrong-structure', 'bad-expression', 'type-error', 'promtool-refuses'],
  'prometheus-config': ['syntax-error', 'refused'], 'alertmanager-config': ['syntax-error', 'refused'], compose: ['not-compose', 'undefined-name'],
  json: ['syntax-error'], mermaid: ['syntax-error'], shell: ['syntax-error'], python: ['syntax-error'], typescript: ['syntax-error', 'type-error'], exposition: ['syntax-error'],
  kubernetes: ['invalid-field', 'removed-api', 'unmatched-selector', 'unknown-port'], dockerfile: ['syntax-error', 'unknown-instruction', 'unknown-stage'], 'rule-tests': ['refused'],
  fluent: ['syntax-error', 'unknown-section', 'unknown-plugin', 'unknown-key', 'missing-plugin', 'obsolete'], http: ['request-line', 'status-line', 'header', 'no-blank-line', 'body'], sql: ['syntax-error'],
};

/** Whether a checker's rule holds for any document. */
export function isBorrowed(checker: string, rule: string): boolean {
  return BORROWED[checker]?.includes(rule) === true;
}

/** Every rule that a scan can name, by its id. */
export function collectScanRules(): ReadonlyMap<RuleId, Rule> {
  const own = Object.entries(scanRules).map(([name, rule]): [RuleId, Rule] => [`scan/${name}`, rule]);
  const borrowed = checkers.flatMap(({ name, rules }: Checker) => Object.entries(rules).flatMap(([rule, text]): [RuleId, Rule][] => (isBorrowed(name, rule) ? [[`${name}/${rule}`, text]] : [])));
  return new Map([...own, ...borrowed]);
}

/** Makes a finding of a rule that only a scan has. */
export function find(rule: ScanRule, offset: number, length: number, message: string): Found {
  const level: Level = scanRules[rule].level;
  return { rule: `scan/${rule}`, level, offset, length, message };
}
