import type { DataSource } from '../../dashboard/model.ts';
import type { Dataset } from '../../model/dataset.ts';
import type { Path } from '../compose/positions.ts';
import { hintAt, suggest } from '../support/suggest.ts';

export interface LinkMistake {
  readonly rule: 'unresolved-link' | 'unmatched' | 'obsolete';
  readonly path: Path;
  readonly atKey?: boolean;
  readonly message: string;
}
/** What a file says of one data source; its form is the schema's business. */
export type RawSource = Readonly<Record<string, unknown>>;

/** Which types a link may lead to. */
const TRACING = ['jaeger', 'tempo', 'zipkin', 'grafana-x-ray-datasource'];
const LEADS_TO: ReadonlyMap<string, { readonly types: readonly string[]; readonly words: string }> = new Map(Object.entries({
  derivedFields: { types: TRACING, words: 'one of traces' },
  exemplarTraceIdDestinations: { types: TRACING, words: 'one of traces' },
  tracesToLogsV2: { types: ['loki', 'elasticsearch', 'opensearch', 'grafana-splunk-datasource', 'victoriametrics-logs-datasource'], words: 'one of logs' },
  tracesToMetrics: { types: ['prometheus'], words: 'one of metrics' },
}));

/** Links between signals: that they lead somewhere, and that what they hang on is there. @param known data sources of the page. @param dataset whose lines and exemplars they are to match */
export function judgeLinks(source: RawSource, at: Path, known: readonly DataSource[], dataset: Dataset | undefined): LinkMistake[] {
  const jsonData = asObject(source['jsonData']);
  const path = [...at, 'jsonData'];
  return [
    ...(jsonData['tracesToLogs'] === undefined ? [] : [{ rule: 'obsolete', path: [...path, 'tracesToLogs'], atKey: true, message: 'Found `tracesToLogs`, expected `tracesToLogsV2`: its tags are a list of `key` and `value`, and its times carry a unit. Write that.' } as const]),
    ...Object.entries(jsonData).flatMap(([key, value]) => findUids(value, [...path, key]).flatMap(({ uid, path: where }) => judgeUid(uid, where, key, known))),
    ...asList(jsonData['derivedFields']).flatMap((field, index) => judgeDerived(asObject(field), [...path, 'derivedFields', index], dataset)),
    ...asList(jsonData['exemplarTraceIdDestinations']).flatMap((one, index) => judgeExemplar(asObject(one), [...path, 'exemplarTraceIdDestinations', index], dataset)),
  ];
}

function findUids(value: unknown, path: Path): { readonly uid: string; readonly path: Path }[] {
  if (Array.isArray(value)) return value.flatMap((one: unknown, index) => findUids(one, [...path, index]));
  return Object.entries(asObject(value)).flatMap(([key, one]) => (key === 'datasourceUid' && typeof one === 'string' ? [{ uid: one, path: [...path, key] }] : findUids(one, [...path, key])));
}

function judgeUid(uid: string, path: Path, key: string, known: readonly DataSource[]): LinkMistake[] {
  const target = known.find((one) => one.uid === uid);
  const say = (message: string): LinkMistake[] => [{ rule: 'unresolved-link', path, message }];
  if (target !== undefined) {
    const wanted = LEADS_TO.get(key);
    if (wanted === undefined || target.type === undefined || wanted.types.includes(target.type)) return [];
    return say(`Found \`datasourceUid: ${uid}\` under \`${key}\`, which is a data source of type \`${target.type}\`, expected ${wanted.words}. Name that.`);
  }
  const nameless = known.find((one) => one.uid === undefined && (one.name?.toLowerCase() === uid.toLowerCase() || one.type === uid));
  if (nameless !== undefined) return say(`Found \`datasourceUid: ${uid}\`, and the data source \`${nameless.name ?? uid}\` has no \`uid\`: Grafana makes one up, and the link leads nowhere. Add \`uid: ${uid}\` to it.`);
  const uids = known.flatMap((one) => one.uid ?? []);
  return say(`Found \`datasourceUid: ${uid}\`, which is the \`uid\` of no data source here: the link leads nowhere.${hintAt(uid, uids) || ' Provision it.'}`);
}

/** Groups of a regular expression as JavaScript, and so Grafana, reads it; undefined where it does not. */
function countGroups(regex: string): number | undefined {
  try {
    return (new RegExp(`${regex}|`).exec('')?.length ?? 1) - 1;
  } catch {
    return undefined;
  }
}

function judgeDerived(field: RawSource, path: Path, dataset: Dataset | undefined): LinkMistake[] {
  const written = field['matcherRegex'];
  if (typeof written !== 'string') return [];
  const regex = written.replaceAll('$$', '$');
  const say = (message: string): LinkMistake[] => [{ rule: 'unmatched', path: [...path, 'matcherRegex'], message }];
  const groups = countGroups(regex);
  if (groups === undefined) return say(`Found \`${regex}\`, which is no regular expression. Correct it.`);
  const lines = dataset?.logs.flatMap(({ entries }) => entries.map(({ line }) => line)) ?? [];
  if (field['matcherType'] === 'label') return judgeLabel(regex, dataset, lines, say);
  if (groups === 0) return say(`Found \`${regex}\` without a group, expected one in parentheses: its text becomes the value of the field. Put them around the id.`);
  const pattern = new RegExp(regex);
  if (lines.length === 0 || lines.some((line) => (pattern.exec(line)?.[1] ?? '') !== '')) return [];
  const sample = lines.map((line) => /"(trace_?id)":"\w+"/i.exec(line)).find((match) => match !== null);
  return say(`Found \`${regex}\`, which finds nothing in the ${lines.length} lines of the dataset ${dataset?.name ?? ''}: no line gets a link. ${sample == null ? 'Compare it with a line.' : `Lines have \`${sample[0]}\`: write \`"${sample[1] ?? ''}":"(\\w+)"\`.`}`);
}

/** With `matcherType: label` it is the name of a label, or of a field that a query has read. */
function judgeLabel(regex: string, dataset: Dataset | undefined, lines: readonly string[], say: (message: string) => LinkMistake[]): LinkMistake[] {
  if (dataset === undefined || lines.length === 0) return [];
  const pattern = new RegExp(regex);
  const names = new Set([...dataset.logs.flatMap(({ labels }) => Object.keys(labels)), ...lines.slice(0, 500).flatMap(keysOf)]);
  return [...names].some((name) => pattern.test(name)) ? [] : say(`Found the label \`${regex}\`, which neither the streams nor the lines of the dataset ${dataset.name} have.${hintAt(regex, names)}`);
}

function keysOf(line: string): string[] {
  try {
    return Object.keys(asObject(JSON.parse(line)));
  } catch {
    return [];
  }
}

function judgeExemplar({ name }: RawSource, path: Path, dataset: Dataset | undefined): LinkMistake[] {
  const labels = new Set(dataset?.series.flatMap(({ exemplars }) => exemplars.flatMap((exemplar) => Object.keys(exemplar.labels))));
  // A dataset without exemplars says nothing about their labels.
  if (typeof name !== 'string' || labels.size === 0 || labels.has(name)) return [];
  const near = suggest(name, labels) ?? [...labels].find((label) => label.replaceAll('_', '').toLowerCase() === name.replaceAll('_', '').toLowerCase());
  return [{ rule: 'unmatched', path: [...path, 'name'], message: `Found the label \`${name}\`, which no exemplar of the dataset ${dataset?.name ?? ''} has: no point gets a link. ${near === undefined ? `They have ${[...labels].map((label) => `\`${label}\``).join(', ')}.` : `Did you mean \`${near}\`?`}` }];
}

function asObject(value: unknown): RawSource {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RawSource) : {};
}
function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
