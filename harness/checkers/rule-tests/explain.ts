import type { TextRange } from '../../model/place.ts';
import type { Assertion, RuleTest } from './read-tests.ts';

/** A failure of promtool in a person's words, at the assertion that it is about. */
export interface Explained {
  readonly rule: 'failed' | 'refused';
  readonly range: TextRange;
  readonly message: string;
}

const ADVICE = 'Correct the test, or the rule.';

/** Explains what promtool says of one test. */
export function explainFailure(said: string, test: RuleTest): Explained {
  const subject = /^\s*(?:name: .*\n\s*)?(?:alertname: (?<alert>.*), time: (?<at>\S+),|expr: (?<query>"(?:[^"\\]|\\.)*"), time: (?<when>\S+?),)(?<rest>[^]*)$/.exec(said)?.groups;
  if (subject === undefined) return { rule: 'refused', range: test.seriesRange, message: refuse(said) };
  const { alert, query, rest = '' } = subject;
  const time = subject['at'] ?? subject['when'] ?? '';
  const name = alert ?? readGoString(query ?? '""');
  const range = findAssertion(test, alert === undefined ? 'expression' : 'alert', name, time)?.range ?? test.range;
  const refusal = /^ err: ([^]*)$/.exec(rest)?.[1];
  if (refusal !== undefined) return { rule: 'refused', range, message: refuse(refusal) };
  return { rule: 'failed', range, message: alert === undefined ? explainSamples(rest, time) : explainAlert(name, rest, time) };
}

function refuse(said: string): string {
  return `promtool refuses this: ${said.replace(/^(?:\d+:\d+: )?(?:parse error: )?/, '').split('\n')[0]}. Correct it here.`;
}

/** A Go string literal is JSON but for rare escapes. */
function readGoString(literal: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return literal.slice(1, -1);
  }
}

/** promtool prints a time in its own form (`1m30s` for `90s`): with one assertion of the name that need not be compared. */
function findAssertion({ assertions }: RuleTest, kind: Assertion['kind'], subject: string, time: string): Assertion | undefined {
  const same = assertions.filter((one) => one.kind === kind && one.subject === subject);
  return same.find(({ evalTime }) => evalTime === time) ?? same[0];
}

function explainSamples(rest: string, time: string): string {
  const [, expected = '', got = ''] = /exp: ([^]*?)\n\s*got: ([^]*)$/.exec(rest) ?? [];
  const say = (samples: string): string => (samples.trim() === 'nil' ? 'nothing' : samples.trim());
  return `Found ${say(got)} at ${time}, expected ${say(expected)}. Correct the expected samples, or the rule.`;
}

interface AlertList {
  readonly labels: string;
  readonly annotations: string;
  readonly count: number;
}

function explainAlert(name: string, rest: string, time: string): string {
  const [, expected = '', got = ''] = /exp:\[([^]*)\],\s*got:\[([^]*)\]\s*$/.exec(rest) ?? [];
  const [wanted, found] = [readAlerts(expected), readAlerts(got)];
  if (found.count === 0) return `Found \`${name}\` quiet at ${time}, expected it to fire as ${wanted.labels}. ${ADVICE}`;
  if (wanted.count === 0) return `Found \`${name}\` firing at ${time} as ${found.labels}, expected it to be quiet. ${ADVICE}`;
  if (found.labels !== wanted.labels) return `Found \`${name}\` firing at ${time} as ${found.labels}, expected ${wanted.labels}. ${ADVICE}`;
  return `Found \`${name}\` firing at ${time} with the annotations ${found.annotations}, expected ${wanted.annotations}. ${ADVICE}`;
}

function readAlerts(said: string): AlertList {
  const read = (key: string): string[] => [...said.matchAll(new RegExp(`^\\s*${key}:(\\{.*\\})$`, 'gm'))].map(([, text = '']) => text);
  const labels = read('Labels');
  return { labels: labels.join(' and '), annotations: read('Annotations').join(' and '), count: labels.length };
}
