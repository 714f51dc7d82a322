import { findNodeAtLocation, type Node } from 'jsonc-parser';
import type { TextRange } from '../model/place.ts';
import type { Dashboard, DataSource, DataSourceRef, Panel, PanelQuery, QueryLanguage, Variable, Written } from './model.ts';

const LANGUAGES: ReadonlyMap<string, QueryLanguage> = new Map([['prometheus', 'promql'], ['loki', 'logql'], ['jaeger', 'jaeger']]);

/**
 * Reads what a dashboard shows and asks. What has another form than it should is left out: the schema reports it.
 * @param root the tree of its JSON, without errors
 * @param dataSources those that are provisioned: they say what type a `uid` has
 */
export function readDashboard(root: Node, dataSources: readonly DataSource[]): Dashboard {
  const typeOf = (ref: DataSourceRef | undefined): string | undefined => ref?.type ?? dataSources.find(({ uid }) => uid !== undefined && uid === ref?.uid)?.type;
  const variables = childrenAt(root, ['templating', 'list']).flatMap((node) => readVariable(node, typeOf) ?? []);
  // A data source that is chosen by a variable has the type which that variable offers.
  const byVariable = (ref: DataSourceRef | undefined): QueryLanguage | undefined => {
    const chosen = /^\$\{?(\w+)\}?$/.exec(ref?.uid ?? '')?.[1];
    return LANGUAGES.get(typeOf(ref) ?? variables.find(({ name }) => name.text === chosen)?.query?.text ?? '');
  };
  return {
    title: textAt(root, ['title']) ?? '',
    from: textAt(root, ['time', 'from']) ?? '',
    to: textAt(root, ['time', 'to']) ?? '',
    panels: readPanels(root, { languageOf: byVariable, scrapedEvery: (ref) => dataSources.find(({ uid }) => uid !== undefined && uid === ref?.uid)?.timeInterval }),
    variables,
  };
}

/** What is known of a data source that a panel names. */
interface Known {
  languageOf(ref: DataSourceRef | undefined): QueryLanguage | undefined;
  scrapedEvery(ref: DataSourceRef | undefined): string | undefined;
}

function readPanels(root: Node, known: Known): Panel[] {
  return childrenAt(root, ['panels']).flatMap((node, index) => [
    ...(node.type === 'object' ? [readPanel(node, ['panels', index], undefined, known)] : []),
    ...childrenAt(node, ['panels']).flatMap((inner, at) => (inner.type === 'object' ? [readPanel(inner, ['panels', index, 'panels', at], index, known)] : [])),
  ]);
}

function readPanel(node: Node, path: Panel['path'], row: number | undefined, known: Known): Panel {
  const dataSource = readRef(at(node, ['datasource']));
  const overrides = childrenAt(node, ['fieldConfig', 'overrides']);
  return {
    path, row, dataSource,
    id: numberAt(node, ['id']),
    title: textAt(node, ['title']) ?? '',
    type: writtenAt(node, ['type']),
    unit: writtenAt(node, ['fieldConfig', 'defaults', 'unit']),
    hasOwnUnits: overrides.flatMap((one) => childrenAt(one, ['properties'])).some((one) => textAt(one, ['id']) === 'unit'),
    noValue: textAt(node, ['fieldConfig', 'defaults', 'noValue']),
    queries: childrenAt(node, ['targets']).filter(({ type }) => type === 'object').map((one) => readQuery(one, dataSource, known)),
    grid: readGrid(at(node, ['gridPos'])),
    repeat: writtenAt(node, ['repeat']),
    maxDataPoints: numberAt(node, ['maxDataPoints']),
    interval: textAt(node, ['interval']),
    timeFrom: textAt(node, ['timeFrom']),
    timeShift: textAt(node, ['timeShift']),
    range: rangeOf(at(node, ['title']) ?? at(node, ['type'])) ?? { offset: node.offset, length: 1 },
  };
}

function readQuery(node: Node, ofPanel: DataSourceRef | undefined, known: Known): PanelQuery {
  const own = readRef(at(node, ['datasource']));
  const language = known.languageOf(own ?? ofPanel);
  const expr = language === 'jaeger' ? readTraceQuery(node) : writtenAt(node, ['expr']);
  return {
    refId: textAt(node, ['refId']) ?? '', expr, language,
    scrapeInterval: known.scrapedEvery(own ?? ofPanel),
    dataSource: own,
    isInstant: valueAt(node, ['instant']) === true || textAt(node, ['queryType']) === 'instant',
    isHidden: valueAt(node, ['hide']) === true,
    interval: textAt(node, ['interval']) || undefined,
    legend: textAt(node, ['legendFormat']) || undefined,
    range: expr?.range ?? { offset: node.offset, length: 1 },
  };
}

/** A search or a trace id, as a `jaeger` block of the course says it. Its limit is only how much the panel shows. */
function readTraceQuery(node: Node): Written | undefined {
  const keys = ['service', 'operation', 'tags', 'minDuration', 'maxDuration'].map((key) => [key, writtenAt(node, [key])] as const);
  const id = writtenAt(node, ['query']);
  const isSearch = textAt(node, ['queryType']) === 'search' || keys[0]?.[1] !== undefined;
  const used = isSearch ? keys.filter(([key, value]) => value !== undefined && value.text !== '' && !(key === 'operation' && /^all$/i.test(value.text))) : [['traceID', id] as const];
  const parts: NonNullable<Written['parts']>[number][] = [];
  let text = '';
  for (const [key, value] of used) {
    if (value === undefined || value.text === '') continue;
    const line = `${text === '' ? '' : '\n'}${key}=${key === 'tags' ? readTags(value.text) : value.text}`;
    parts.push({ from: text.length, to: text.length + line.length, range: value.range });
    text += line;
  }
  return parts[0] === undefined ? undefined : { text, parts, range: parts[0].range };
}

/** `error=true http.status_code=500`, as Grafana writes tags, to the JSON object that Jaeger takes. */
function readTags(text: string): string {
  const pairs = [...text.matchAll(/([^\s=]+)=(?:"([^"]*)"|(\S*))/g)].map(([, key, quoted, plain]) => [key, quoted ?? plain]);
  return JSON.stringify(Object.fromEntries(pairs));
}

function readGrid(node: Node | undefined): Panel['grid'] {
  const [x, y, w, h] = ['x', 'y', 'w', 'h'].map((key) => (node === undefined ? undefined : numberAt(node, [key])));
  if (node === undefined || x === undefined || y === undefined || w === undefined || h === undefined) return undefined;
  return { x, y, w, h, range: { offset: node.offset, length: node.length } };
}

function readVariable(node: Node, typeOf: (ref: DataSourceRef | undefined) => string | undefined): Variable | undefined {
  const name = writtenAt(node, ['name']);
  if (name === undefined) return undefined;
  const dataSource = readRef(at(node, ['datasource']));
  const current = valueAt(node, ['current', 'value']) as unknown;
  return {
    name, dataSource,
    type: textAt(node, ['type']) ?? '',
    query: writtenAt(node, ['query']) ?? writtenAt(node, ['query', 'query']) ?? readLabelQuery(at(node, ['query'])),
    regex: textAt(node, ['regex']) ?? '',
    isMany: valueAt(node, ['multi']) === true || valueAt(node, ['includeAll']) === true,
    includeAll: valueAt(node, ['includeAll']) === true,
    allValue: textAt(node, ['allValue']) || undefined,
    current: (Array.isArray(current) ? current : [current]).filter((one): one is string => typeof one === 'string' && one !== ''),
    language: LANGUAGES.get(typeOf(dataSource) ?? ''),
  };
}

/** Loki's own form: `{"label": "service", "stream": "{…}", "type": 1}`. */
function readLabelQuery(node: Node | undefined): Written | undefined {
  const label = node === undefined ? undefined : writtenAt(node, ['label']);
  if (node === undefined || label === undefined) return undefined;
  const stream = textAt(node, ['stream']) ?? '';
  return { text: `label_values(${stream === '' ? '' : `${stream}, `}${label.text})`, range: label.range };
}

function readRef(node: Node | undefined): DataSourceRef | undefined {
  const range = rangeOf(node);
  if (node === undefined || range === undefined || node.type === 'null') return undefined;
  if (node.type === 'string') return { type: undefined, uid: String(node.value), isName: true, range };
  const uid = at(node, ['uid']);
  return { type: textAt(node, ['type']), uid: textAt(node, ['uid']), isName: false, range: rangeOf(uid) ?? { offset: node.offset, length: node.length } };
}

type Path = readonly (string | number)[];

function at(node: Node, path: Path): Node | undefined {
  return findNodeAtLocation(node, [...path]);
}
function childrenAt(node: Node, path: Path): readonly Node[] {
  const found = at(node, path);
  return found?.type === 'array' ? found.children ?? [] : [];
}
function valueAt(node: Node, path: Path): unknown {
  const found = at(node, path);
  return found?.type === 'array' ? found.children?.map(({ value }) => value as unknown) : (found?.value as unknown);
}
function textAt(node: Node, path: Path): string | undefined {
  const value = valueAt(node, path);
  return typeof value === 'string' ? value : undefined;
}
function numberAt(node: Node, path: Path): number | undefined {
  const value = valueAt(node, path);
  return typeof value === 'number' ? value : undefined;
}
function writtenAt(node: Node, path: Path): Written | undefined {
  const found = at(node, path);
  return found?.type === 'string' ? { text: String(found.value), range: { offset: found.offset, length: found.length } } : undefined;
}
function rangeOf(node: Node | undefined): TextRange | undefined {
  return node === undefined ? undefined : { offset: node.offset, length: node.length };
}
