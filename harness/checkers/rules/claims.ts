import type { Block } from '../../model/block.ts';
import type { TextRange } from '../../model/place.ts';
import { incidentOf, isVariant, readAssertions } from '../../rule-file/assertions.ts';
import type { RuleAssertions } from '../../rule-file/assertions.ts';
import { incidentFile, readParameters } from './parameters.ts';
import { alertsOf } from '../../rule-file/rule-file.ts';
import type { PrometheusRule, RuleFile } from '../../rule-file/rule-file.ts';

export type ClaimRule = 'unproven-alert' | 'unknown-alert' | 'bad-attribute' | 'no-quiet' | 'no-near-miss';
export interface ClaimFinding {
  readonly rule: ClaimRule;
  readonly range: TextRange;
  readonly message: string;
  /** What it is about, where that is on the fence. */
  readonly attribute?: string;
}

/** Where the incidents lie, whose parameters the advice names. */
export interface Surroundings {
  readonly root: string;
  /** What a block without `dataset=` runs over. */
  readonly dataset: string | undefined;
}

/** Checks what the attributes claim against the alerting rules of the block: named, paired, with quiet and near misses. */
export function checkClaims(block: Block, file: RuleFile, surroundings: Surroundings): readonly ClaimFinding[] {
  if (block.attributes.has('no_run')) return [];
  const claims = readAssertions(block);
  const whole: TextRange = { offset: 0, length: Math.max(1, block.text.length) };
  const alerts = alertsOf(file);
  const findings: ClaimFinding[] = claims.problems.map(({ attribute, message }) => ({ rule: 'bad-attribute', range: whole, message, attribute: block.attributes.has(attribute) ? attribute : PARTNER[attribute] ?? attribute }));
  const known = alerts.map((alert) => alert.name.value);
  const firing = new Set(claims.fires.map((claim) => claim.alert));
  const silent = new Set(claims.never.map((claim) => claim.alert));
  for (const [attribute, names] of [['fires', firing], ['never', silent]] as const) {
    for (const name of names) if (!known.includes(name)) findings.push({ rule: 'unknown-alert', range: whole, message: unknownAlert(attribute, name, known), attribute });
  }
  // A misspelt name leaves an alert unproven: one mistake, one finding.
  const isMisspelt = findings.some(({ rule }) => rule === 'unknown-alert');
  // An incident says what one rule did on one day; thresholds, and the file's other rules, are proven where a lesson recommends them.
  if (block.expectation !== undefined) return findings;
  for (const alert of alerts) findings.push(...checkAlert(alert, claims, { firing, silent, surroundings }).filter(({ rule }) => !(isMisspelt && rule === 'unproven-alert')));
  return findings;
}

/** Where an attribute stands that lacks the one it pairs with. */
const PARTNER: Readonly<Record<string, string>> = { after: 'fires', control: 'never', dataset: 'fires' };

function checkAlert(alert: PrometheusRule, claims: RuleAssertions, { firing, silent, surroundings }: { readonly firing: ReadonlySet<string>; readonly silent: ReadonlySet<string>; readonly surroundings: Surroundings }): ClaimFinding[] {
  const name = alert.name.value;
  const say = (rule: ClaimRule, message: string): ClaimFinding => ({ rule, range: alert.name.range, message });
  // A broken pair already has a finding; what follows from it would be noise.
  if (claims.problems.some(({ attribute }) => attribute !== 'after')) return [];
  if (firing.has(name) && silent.has(name)) return [say('bad-attribute', `${name} is named by fires and by never; expected one of them. Move one of the claims to a block of its own.`)];
  if (silent.has(name)) return [];
  if (!firing.has(name)) return [say('unproven-alert', `Nothing proves the alert ${name}: it is in neither fires nor never. Add \`fires=${name} after=… quiet=…\` with a dataset where it must fire.`)];
  return checkMargins(name, claims, surroundings, say);
}

function checkMargins(name: string, claims: RuleAssertions, { root, dataset: own }: Surroundings, say: (rule: ClaimRule, message: string) => ClaimFinding): ClaimFinding[] {
  const datasets = claims.fires.filter((claim) => claim.alert === name).map((claim) => claim.dataset);
  const incidents = new Set(datasets.flatMap((dataset) => (dataset === undefined ? [] : [incidentOf(dataset)])));
  const findings: ClaimFinding[] = [];
  if (!claims.quiet.some((dataset) => !isVariant(dataset) && !incidents.has(dataset))) {
    findings.push(say('no-quiet', `Nothing shows that ${name} stays quiet when all is well: quiet has ${claims.quiet.join(', ') || 'no dataset'}. Add a dataset without fault, e.g. \`quiet=healthy\`.`));
  }
  const above = datasets.some((dataset) => dataset !== undefined && isVariant(dataset));
  const below = claims.quiet.some((dataset) => isVariant(dataset) && (incidents.size === 0 || incidents.has(incidentOf(dataset))));
  const incident = [...incidents][0] ?? (own === undefined ? undefined : incidentOf(own));
  const missing = [...(above ? [] : ['fires on one just above']), ...(below ? [] : ['stays quiet on one just below'])];
  if (missing.length > 0) {
    findings.push(say('no-near-miss', `No near miss proves the threshold of ${name}: nothing shows that it ${missing.join(' or ')} it. Name variants of the dataset in \`dataset=\` and \`quiet=\`. ${incident === undefined ? 'What they may change stands in the incident, under `parameters:`.' : adviseOnVariants(name, incident, readParameters(root, incident))}`));
  }
  return findings;
}

/** How the variants are written, with a parameter that the incident really has. */
function adviseOnVariants(name: string, incident: string, parameters: ReadonlyMap<string, string>): string {
  const [first, ...others] = parameters;
  if (first === undefined) return `The incident ${incident} declares no parameter to vary: add one under \`parameters:\` of ${incidentFile(incident)}.`;
  const [parameter, value] = first;
  const more = others.length === 0 ? '' : ` (others: ${others.map(([other]) => `\`${other}\``).join(', ')})`;
  return `\`${parameter}\` of ${incident} is ${value}${more}; write \`fires=${name},${name} dataset="${incident},${incident}(${parameter}=…)" quiet="healthy,${incident}(${parameter}=…)"\` with the smallest value at which it fires, and one just below.`;
}

function unknownAlert(attribute: string, name: string, known: readonly string[]): string {
  const others = known.length > 0 ? `the block defines ${known.join(', ')}` : 'the block defines no alerting rule';
  return `${attribute} names ${name}, but ${others}. Write a name of the block.`;
}
