import type { TextRange } from '../../model/place.ts';
import { severities } from '../../model/severities.ts';
import type { PrometheusRule } from '../../rule-file/rule-file.ts';

export type ConventionRule = 'bad-severity' | 'no-runbook';
export interface ConventionFinding {
  readonly rule: ConventionRule;
  readonly range: TextRange;
  readonly message: string;
}

/**
 * The course's own demands on an alerting rule: a severity of its scale, and a runbook that a woken person can open.
 * A rule shown as a mistake (`never`) needs no runbook.
 */
export function checkConventions(rule: PrometheusRule, isMistake: boolean): readonly ConventionFinding[] {
  if (rule.kind === 'record') return [];
  const findings: ConventionFinding[] = [];
  const severity = rule.labels.get('severity');
  if (severity === undefined || !severities.includes(severity.value)) {
    const found = severity === undefined ? 'no label severity' : `severity ${JSON.stringify(severity.value)}`;
    findings.push({ rule: 'bad-severity', range: severity?.range ?? rule.name.range, message: `${rule.name.value} has ${found}; expected one of ${severities.join(', ')}. Write \`page\` if somebody must get up for it, \`ticket\` if it can wait for the morning.` });
  }
  const runbook = rule.annotations.get('runbook_url');
  if (!isMistake && (runbook === undefined || !/^(https:\/\/[^\s/]+\S*|\/[^\s/]\S*)$/.test(runbook.value))) {
    const found = runbook === undefined ? 'no annotation runbook_url' : `runbook_url ${JSON.stringify(runbook.value)}`;
    findings.push({ rule: 'no-runbook', range: runbook?.range ?? rule.name.range, message: `${rule.name.value} has ${found}; expected https://… or a path of this site such as /runbooks/checkout/. Say what to do first when it fires.` });
  }
  return findings;
}
