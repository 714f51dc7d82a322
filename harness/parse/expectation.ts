import { basename } from 'node:path';
import type { Node } from 'yaml';
import type { Attribute, Block, Expectation } from '../model/block.ts';
import type { Place } from '../model/place.ts';
import { blockId } from './block.ts';
import { joinLines } from './fenced-text.ts';
import type { BlockText } from './fenced-text.ts';
import { includeFile } from './include.ts';
import { placeOf, rangeOf, readFields, readScalar, readText, report } from './incident-yaml.ts';
import type { YamlFile } from './incident-yaml.ts';

/** Where an expectation stands. */
export interface ExpectationSource {
  readonly root: string;
  readonly page: string;
  readonly yaml: YamlFile;
}
type Fields = ReturnType<typeof readFields>;

const SIGNALS = ['metrics', 'logs', 'traces', 'alert'] as const;
const PROVEN = ['dataset', 'live', 'both'] as const;
/** Fence tag of each signal's question. */
const LANGUAGES = { metrics: 'promql', logs: 'logql', traces: 'jaeger', alert: 'yaml' } as const;
const COMMON = ['claim', 'signal', 'visible', 'proven', 'name', 'expect'];
const OF_QUERY = ['query', 'at', 'range', 'step', 'empty', 'alone', 'figures', 'control'];
const OF_ALERT = ['alert', 'rules', 'rule', 'after', 'control'];
const BLOCK_NAME = /^(?=.*[a-z])[a-z0-9-]+$/;

/**
 * Makes the block of one expectation: as if its query stood in a fence whose attributes are the expectation's other keys. Undefined, with a
 * diagnostic in `yaml`, where the expectation says too little to be asked. `ordinal` is the caller's.
 */
export function readExpectation(item: Node, source: ExpectationSource): Block | undefined {
  const { yaml, page } = source;
  const before = yaml.diagnostics.length;
  const fields = readFields(yaml, item, 'an expectation', knownKeys(item));
  // What follows from a misspelt key would be noise.
  if (fields.size === 0 || yaml.diagnostics.length > before) return undefined;
  const expectation = readClaim(fields, item, yaml);
  const name = readName(fields, expectation?.claim ?? '', yaml);
  if (expectation === undefined || name === undefined) return undefined;
  const isAlert = expectation.signal === 'alert';
  const named = isAlert ? readAlert(fields, item, yaml) : readQuery(fields, item, yaml);
  const attributes = new Map([name, ...named].map((attribute) => [attribute.name, attribute]));
  const fence = placeOf(yaml, fields.get('claim')?.value?.range);
  const content = isAlert ? readRules(fields, attributes, fence, source) : joinLines(fields.has('query') ? readText(yaml, fields.get('query')?.value ?? null, 'query') : [], fence, undefined);
  // Half an expectation would be asked for something that nobody meant.
  if (yaml.diagnostics.length > before || content === undefined) return undefined;
  const title = isAlert ? content.source === undefined ? `${String(name.value)}.rules.yml` : basename(content.source) : undefined;
  const claimed = fields.has('figures') ? { claimed: textOf(fields, 'expect', yaml) } : {};
  return { id: blockId(page, String(name.value)), page, language: LANGUAGES[expectation.signal], title, name: String(name.value), ordinal: 0, ...content, attributes, fence, expectation: { ...expectation, ...claimed } };
}

function textOf(fields: Fields, key: string, yaml: YamlFile): string | undefined {
  const field = fields.get(key);
  return field && readScalar(yaml, field.value, `\`${key}\``);
}

function knownKeys(item: Node): readonly string[] {
  const signal = 'get' in item && typeof item.get === 'function' ? (item as unknown as { get(key: string): unknown }).get('signal') : undefined;
  return signal === 'alert' ? [...COMMON, ...OF_ALERT] : SIGNALS.includes(signal as (typeof SIGNALS)[number]) ? [...COMMON, ...OF_QUERY] : [...COMMON, ...OF_QUERY, ...OF_ALERT];
}

function readClaim(fields: Fields, item: Node, yaml: YamlFile): Expectation | undefined {
  const [claim, signal, visible, proven] = (['claim', 'signal', 'visible', 'proven'] as const).map((key) => {
    const field = fields.get(key);
    if (field !== undefined) return readScalar(yaml, field.value, `\`${key}\``);
    const wanted = { claim: 'one sentence that is true or not', signal: SIGNALS.join(', '), visible: 'true, or false for what this signal does not show', proven: PROVEN.join(', ') }[key];
    report(yaml, rangeOf(item), `Found an expectation without \`${key}\`, expected ${wanted}. Add it.`);
    return undefined;
  });
  const knownSignal = choose(signal, SIGNALS, 'signal', fields, yaml);
  const knownProof = choose(proven, PROVEN, 'proven', fields, yaml);
  const isVisible = choose(visible, ['true', 'false'] as const, 'visible', fields, yaml);
  return claim === undefined || knownSignal === undefined || knownProof === undefined || isVisible === undefined ? undefined : { claim, signal: knownSignal, visible: isVisible === 'true', proven: knownProof };
}

function choose<const Choice extends string>(found: string | undefined, choices: readonly Choice[], key: string, fields: Fields, yaml: YamlFile): Choice | undefined {
  const known = choices.find((choice) => choice === found);
  if (known === undefined && found !== undefined) report(yaml, fields.get(key)?.value?.range, `Found \`${key}: ${found}\`, expected one of: ${choices.join(', ')}. Change the value.`);
  return known;
}

/** Its own name, or the first words of the claim: where the answer is stored. */
function readName(fields: Fields, claim: string, yaml: YamlFile): Attribute | undefined {
  const given = fields.get('name');
  const value = given === undefined ? (claim.toLowerCase().match(/[a-z0-9]+/g) ?? []).slice(0, 6).join('-') : readScalar(yaml, given.value, '`name`');
  if (value === undefined || (given === undefined && claim === '')) return undefined;
  const place = placeOf(yaml, (given ?? fields.get('claim'))?.value?.range);
  if (!BLOCK_NAME.test(value)) {
    report(yaml, (given ?? fields.get('claim'))?.value?.range, `Found the name \`${value}\`, expected lower-case letters, digits and hyphens with at least one letter. Write \`name: …\`.`);
    return undefined;
  }
  return { name: 'name', value, place };
}

function readQuery(fields: Fields, item: Node, yaml: YamlFile): readonly Attribute[] {
  if (!fields.has('query')) report(yaml, rangeOf(item), 'Found an expectation without a query, expected what is asked of the backend. Add `query:`.');
  if (!fields.has('expect') && !fields.has('empty')) report(yaml, rangeOf(item), 'Found a query without an expectation of its answer, expected `expect: …` as on a fence, or `empty: true` where returning nothing is the point. Add one.');
  const [expect, figures] = [textOf(fields, 'expect', yaml), textOf(fields, 'figures', yaml)];
  if (fields.has('empty') && figures !== undefined && !fields.has('control')) report(yaml, fields.get('figures')?.key.range, 'Found figures of an answer that is empty, expected a `control` whose answer has them. Add `control: dataset@14:10`, or remove `figures`.');
  const held = [expect, figures].flatMap((text) => text ?? []).join('; ');
  const valued = ['at', 'range', 'step', 'control', 'expect'].flatMap((key) => {
    const value = key === 'expect' ? held : textOf(fields, key, yaml);
    const field = fields.get(key) ?? fields.get('figures');
    return value === undefined || value === '' ? [] : [{ name: key, value, place: placeOf(yaml, field?.value?.range) }];
  });
  const flags = ['empty', 'alone'].flatMap((key) => {
    const field = fields.get(key);
    if (field === undefined) return [];
    choose(readScalar(yaml, field.value, `\`${key}\``), ['true'], key, fields, yaml);
    return [{ name: key, value: true as const, place: placeOf(yaml, field.key.range) }];
  });
  return [...valued, ...flags];
}

/** `expect: fires` → `fires=`, `expect: quiet` → `never=`, with a control: the silence of an alert that never fires anywhere proves nothing. `after` is of the one that fires. */
function readAlert(fields: Fields, item: Node, yaml: YamlFile): readonly Attribute[] {
  const read = (key: string, wanted: string): Attribute | undefined => {
    const field = fields.get(key);
    if (field === undefined) report(yaml, rangeOf(item), `Found an expectation of an alert without \`${key}\`, expected ${wanted}. Add it.`);
    const value = field && readScalar(yaml, field.value, `\`${key}\``);
    return value === undefined ? undefined : { name: key, value, place: placeOf(yaml, field?.value?.range) };
  };
  const alert = read('alert', 'the name of the alerting rule');
  const expect = read('expect', '`fires` or `quiet`');
  const kind = choose(expect?.value === true ? undefined : expect?.value, ['fires', 'quiet'] as const, 'expect', fields, yaml);
  if (alert === undefined || expect === undefined || kind === undefined) return [];
  const after = fields.has('after') ? read('after', 'a duration such as 5m30s') : undefined;
  const timed = after === undefined ? [] : [after];
  if (kind === 'fires') return [{ ...alert, name: 'fires' }, ...timed];
  const control = read('control', 'another dataset on which this alert does fire, so that its silence here means something');
  return control === undefined ? [] : [{ ...alert, name: 'never' }, control, ...timed];
}

/** The rule file that `rules` names, or the one that stands under `rule`. */
function readRules(fields: Fields, attributes: Map<string, Attribute>, fence: Place, { root, yaml }: ExpectationSource): BlockText | undefined {
  const [named, own] = [fields.get('rules'), fields.get('rule')];
  if ((named === undefined) === (own === undefined)) {
    report(yaml, [...fields.values()][0]?.key.range, 'Found an expectation of an alert with neither `rules` nor `rule`, or with both; expected either the path of a rule file under snippets/ or the text of one. Write one of them.');
    return undefined;
  }
  if (own !== undefined) return joinLines(readText(yaml, own.value, 'rule'), fence, undefined);
  const path = readScalar(yaml, named?.value ?? null, '`rules`')?.replace(/^snippets\//, '');
  if (path === undefined) return undefined;
  const file: Attribute = { name: 'file', value: path, place: placeOf(yaml, named?.value?.range) };
  attributes.set('file', file);
  const included = includeFile(root, file);
  yaml.diagnostics.push(...included.diagnostics);
  return joinLines(included.lines, fence, included.source);
}
