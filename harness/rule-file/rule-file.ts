import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { explainYamlErrors } from './yaml-error.ts';
import type { Node, Pair, Scalar, YAMLMap } from 'yaml';
import type { TextRange } from '../model/place.ts';
import { readOnce } from '../model/read-once.ts';
import { parseDurationMs } from './durations.ts';
import { readExpression } from './expression.ts';
import type { Selector } from './expression.ts';
import { mapScalar } from './scalar-offsets.ts';

/** A scalar of the file: its value, where it stands, and where each of its characters stands. */
export interface Text {
  readonly value: string;
  readonly range: TextRange;
  /** Range in the block of a range within `value`. */
  locate(range: TextRange): TextRange;
}
/** One alerting or recording rule. */
export interface PrometheusRule {
  readonly kind: 'alert' | 'record';
  readonly name: Text;
  readonly expression: Text;
  /** 0 when not given. */
  readonly forMs: number;
  readonly labels: ReadonlyMap<string, Text>;
  readonly annotations: ReadonlyMap<string, Text>;
  readonly range: TextRange;
}
export interface RuleGroup {
  readonly name: Text;
  readonly rules: readonly PrometheusRule[];
}
export interface RuleFileProblem {
  readonly kind: 'syntax-error' | 'wrong-structure';
  readonly message: string;
  readonly range: TextRange;
}
/** A Prometheus rule file as far as it could be read. What is wrong is in `problems`; reading never throws. */
export interface RuleFile {
  readonly groups: readonly RuleGroup[];
  readonly problems: readonly RuleFileProblem[];
}

// Source: prometheus/model/rulefmt (RuleGroups, RuleGroup, Rule).
const FILE_KEYS = ['groups'];
const GROUP_KEYS = ['name', 'interval', 'query_offset', 'limit', 'labels', 'rules'];
const ALERT_KEYS = ['alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'];
const RECORD_KEYS = ['record', 'expr', 'labels'];

/** Reads the text of a rule file (`groups:` …) with positions. Its checker, the checks across blocks and the backends each ask. */
export const readRuleFile = readOnce(parseRuleFile);

function parseRuleFile(text: string): RuleFile {
  const problems: RuleFileProblem[] = [];
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) problems.push({ kind: 'syntax-error', ...explainYamlErrors(text, document.errors) });
  if (problems.length > 0) return { groups: [], problems };
  return { groups: new Reader(text, problems).readFile(document.contents), problems };
}

/** Every rule of a file, in file order. */
export function rulesOf(file: RuleFile): readonly PrometheusRule[] {
  return file.groups.flatMap((group) => group.rules);
}

/** Every alerting rule of a file, in file order. */
export function alertsOf(file: RuleFile): readonly PrometheusRule[] {
  return rulesOf(file).filter((rule) => rule.kind === 'alert');
}

/** What the expressions of a file select. */
export function selectorsOf(file: RuleFile): readonly Selector[] {
  return rulesOf(file).flatMap((rule) => readExpression(rule.expression.value).selectors);
}

/** Two words of which one is the other with one letter added, left out, changed, or swapped with its neighbour. */
export function isNear(found: string, known: string): boolean {
  let start = 0;
  while (start < found.length && found[start] === known[start]) start += 1;
  const [left, right] = [found.slice(start), known.slice(start)];
  const swapped = left.length > 1 && left.slice(0, 2) === `${right[1]}${right[0]}` && left.slice(2) === right.slice(2);
  return left.slice(1) === right || right.slice(1) === left || left.slice(1) === right.slice(1) || swapped;
}

class Reader {
  readonly text: string;
  readonly problems: RuleFileProblem[];
  readonly misspelt = new Set<YAMLMap>();
  constructor(text: string, problems: RuleFileProblem[]) {
    this.text = text;
    this.problems = problems;
  }

  readFile(root: Node | null): RuleGroup[] {
    if (root === null || !isMap(root)) return this.complain(root, 'A rule file is a map with the key groups; found something else. Start it with `groups:`.');
    this.checkKeys(root, FILE_KEYS, 'a rule file');
    const groups = root.get('groups', true);
    if (!isSeq(groups) && this.misspelt.has(root)) return [];
    if (!isSeq(groups) || groups.items.length === 0) return this.complain(groups ?? root, 'A rule file needs a list of rule groups. Write `groups:` and below it `- name: …`.');
    return groups.items.flatMap((group) => this.readGroup(group as Node));
  }

  readGroup(group: Node): RuleGroup[] {
    if (!isMap(group)) return this.complain(group, 'A rule group is a map with name and rules; found something else.');
    this.checkKeys(group, GROUP_KEYS, 'a rule group');
    const name = this.readText(group, 'name', 'A rule group');
    this.readDuration(group, 'interval');
    const rules = group.get('rules', true);
    if (!isSeq(rules) && this.misspelt.has(group)) return [];
    if (!isSeq(rules) || rules.items.length === 0) return this.complain(rules ?? group, 'A rule group needs a list of rules. Write `rules:` and below it `- alert: …` or `- record: …`.');
    const read = rules.items.flatMap((rule) => this.readRule(rule as Node));
    return name === undefined ? [] : [{ name, rules: read }];
  }

  readRule(node: Node): PrometheusRule[] {
    if (!isMap(node)) return this.complain(node, 'A rule is a map with alert (or record) and expr; found something else.');
    const kind = node.has('alert') ? 'alert' : 'record';
    if (!node.has('alert') && !node.has('record')) this.checkKeys(node, [...ALERT_KEYS, 'record'], 'a rule');
    if (this.misspelt.has(node)) return [];
    if (node.has('alert') === node.has('record')) return this.complain(node, 'A rule needs exactly one of alert and record. Name it with `alert:` if somebody is to be told, else with `record:`.');
    this.checkKeys(node, kind === 'alert' ? ALERT_KEYS : RECORD_KEYS, kind === 'alert' ? 'an alerting rule' : 'a recording rule');
    const subject = kind === 'alert' ? 'An alerting rule' : 'A recording rule';
    const name = this.readText(node, kind, subject);
    const expression = this.readText(node, 'expr', subject);
    const forMs = this.readDuration(node, 'for');
    this.readDuration(node, 'keep_firing_for');
    const labels = this.readTexts(node, 'labels');
    const annotations = this.readTexts(node, 'annotations');
    if (name === undefined || expression === undefined) return [];
    return [{ kind, name, expression, forMs, labels, annotations, range: this.rangeOf(node) }];
  }

  checkKeys(map: YAMLMap, known: readonly string[], what: string): void {
    for (const { key } of map.items as Pair<Node, Node>[]) {
      const name = isScalar(key) ? String(key.value) : '';
      if (known.includes(name)) continue;
      // A needed key that is misspelt is not missing too.
      const meant = known.find((one) => !map.has(one) && isNear(name, one));
      if (meant !== undefined) this.misspelt.add(map);
      this.complain(key, `${what[0]?.toUpperCase()}${what.slice(1)} has no key ${JSON.stringify(name)}; expected one of ${known.join(', ')}. ${meant === undefined ? 'Remove it.' : `Did you mean \`${meant}\`?`}`);
    }
  }

  readText(map: YAMLMap, key: string, subject: string): Text | undefined {
    const node = map.get(key, true);
    if (isScalar(node) && node.value !== null && String(node.value).trim() !== '') return this.toText(node);
    if (node === undefined && this.misspelt.has(map)) return undefined;
    this.complain(node ?? map, `${subject} needs ${key}; found ${node === undefined ? 'none' : 'no text'}. Add \`${key}: …\`.`);
    return undefined;
  }

  readTexts(map: YAMLMap, key: string): Map<string, Text> {
    const texts = new Map<string, Text>();
    const node = map.get(key, true);
    if (node === undefined || (isScalar(node) && node.value === null)) return texts;
    if (!isMap(node)) {
      this.complain(node, `${key} is a map of names to texts; found something else.`);
      return texts;
    }
    for (const pair of node.items as Pair<Node, Node>[]) {
      if (isScalar(pair.key) && isScalar(pair.value)) texts.set(String(pair.key.value), this.toText(pair.value));
      else this.complain(pair.value ?? pair.key, `${key} takes texts; found a map or a list. A text with braces or a colon needs quotes.`);
    }
    return texts;
  }

  readDuration(map: YAMLMap, key: string): number {
    const node = map.get(key, true);
    if (node === undefined) return 0;
    const durationMs = isScalar(node) ? parseDurationMs(String(node.value)) : undefined;
    if (durationMs === undefined) this.complain(node, `${key} is not a duration: found ${isScalar(node) ? JSON.stringify(node.value) : 'no text'}. Write it as 5m or 1m30s.`);
    return durationMs ?? 0;
  }

  toText(node: Scalar): Text {
    const range = this.rangeOf(node);
    // `y`, `1` and `~` are text to Prometheus, so the source counts where YAML made another type of it.
    const value = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    return { value, range, locate: mapScalar(this.text, range, value) };
  }

  rangeOf(node: Node): TextRange {
    const [offset, end] = node.range ?? [0, this.text.length];
    const length = this.text.slice(offset, end).trimEnd().length;
    return { offset, length: Math.max(1, length) };
  }

  /** Records a problem; the empty list lets callers return it in place of a value. */
  complain(node: unknown, message: string): never[] {
    const at = node as Node | null | undefined;
    const range = at?.range ? this.rangeOf(at) : { offset: 0, length: Math.max(1, this.text.length) };
    this.problems.push({ kind: 'wrong-structure', range, message });
    return [];
  }
}
