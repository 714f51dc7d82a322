import type { ValidateFunction } from 'ajv';
import { findNodeAtLocation, getNodeValue, type Node } from 'jsonc-parser';
import type { TextRange } from '../../model/place.ts';
import { explainSchemaErrors, JSON_KINDS } from '../support/schema-errors.ts';
import { RETIRED_PANELS } from './panel-types.ts';
import schema from './dashboard.schema.json' with { type: 'json' };

export interface ShapeMistake {
  readonly range: TextRange;
  readonly message: string;
}
type Path = readonly (string | number)[];
const WORDS = { whole: 'a dashboard', kinds: JSON_KINDS, unknown: 'Grafana drops it without a word' };
/** Data sources by reference, and what else this checker takes for granted: Grafana 9. */
const OLDEST = 36;
/** Whose options the schema has; panels that an earlier one saved are rewritten. */
const NEWEST = 12;
/** Keys that have rules of their own. */
const JUDGED_ELSEWHERE = ['alert'];

let compiling: Promise<(name: string) => ValidateFunction | undefined> | undefined;
/** Compiled once, and only where there is a dashboard. */
function compile(): Promise<(name: string) => ValidateFunction | undefined> {
  compiling ??= import('ajv').then(({ Ajv }) => {
    const ajv = new Ajv({ allErrors: true, strict: false, verbose: true, logger: false }).addSchema(schema, 'grafana');
    return (name) => (Object.hasOwn(schema.definitions, name) ? ajv.getSchema(`grafana#/definitions/${encodeURIComponent(name)}`) as ValidateFunction | undefined : undefined);
  });
  return compiling;
}

/** Holds a dashboard against Grafana's own types: the board, each panel, and what its type of panel takes under `options` and `custom`. */
export async function judgeShape(root: Node): Promise<ShapeMistake[]> {
  const schemaOf = await compile();
  const version = findNodeAtLocation(root, ['schemaVersion']);
  if (version?.type === 'number' && version.value < OLDEST) return [{ range: { offset: version.offset, length: version.length }, message: `Found the schema version ${version.value}, expected ${OLDEST} or later: Grafana rewrites the dashboard each time it is opened, so what stands here is not what it shows. Save it in Grafana, and export it anew.` }];
  const found = judge(root, [], schemaOf('Dashboard'));
  return [...found, ...panelPaths(root).flatMap((path) => judgePanel(root, path, schemaOf))];
}

/** Paths of all panels, those in rows included. */
function panelPaths(root: Node): Path[] {
  const listAt = (path: Path): Path[] => {
    const list = findNodeAtLocation(root, [...path]);
    return (list?.type === 'array' ? list.children ?? [] : []).flatMap((node, index) => (node.type === 'object' ? [[...path, index]] : []));
  };
  return listAt(['panels']).flatMap((path) => [path, ...listAt([...path, 'panels'])]);
}

function judgePanel(root: Node, path: Path, schemaOf: (name: string) => ValidateFunction | undefined): ShapeMistake[] {
  const type = findNodeAtLocation(root, [...path, 'type'])?.value as unknown;
  // Panels of old have old keys: what is wrong is their type.
  if (typeof type === 'string' && RETIRED_PANELS.has(type)) return [];
  const version = Number.parseInt(String(findNodeAtLocation(root, [...path, 'pluginVersion'])?.value ?? NEWEST), 10);
  const ofPanel = judge(root, path, schemaOf(type === 'row' ? 'RowPanel' : 'Panel'));
  if (version < NEWEST) return ofPanel;
  return [
    ...ofPanel,
    ...judge(root, [...path, 'options'], schemaOf(`${String(type)} Options`)),
    ...judge(root, [...path, 'fieldConfig', 'defaults', 'custom'], schemaOf(`${String(type)} FieldConfig`)),
  ];
}

function judge(root: Node, path: Path, validate: ValidateFunction | undefined): ShapeMistake[] {
  const node = path.length === 0 ? root : findNodeAtLocation(root, [...path]);
  if (validate === undefined || node === undefined || validate(getNodeValue(node))) return [];
  // What is null counts as left out.
  const errors = (validate.errors ?? []).filter(({ data, params }) => data !== null && !JUDGED_ELSEWHERE.includes((params as { readonly additionalProperty?: string }).additionalProperty ?? ''));
  return explainSchemaErrors(errors, { ...WORDS, whole: path.length === 0 ? WORDS.whole : typeof path.at(-1) === 'number' ? 'a panel' : `\`${path.at(-1)}\` of this panel` })
    .map((mistake) => ({ range: placeOf(node, mistake.path, mistake.atKey), message: mistake.message }));
}

/** Range of a key or value below a node; objects and lists are too much to point at. */
function placeOf(node: Node, path: Path, atKey: boolean): TextRange {
  const found = path.length === 0 ? node : findNodeAtLocation(node, [...path]);
  const key = found?.parent?.type === 'property' ? found.parent.children?.[0] : undefined;
  const isLarge = found === undefined || found.type === 'object' || found.type === 'array';
  const pointed = (atKey || isLarge) && key !== undefined ? key : found;
  if (pointed === undefined || (isLarge && key === undefined)) return { offset: found?.offset ?? node.offset, length: 1 };
  return { offset: pointed.offset, length: pointed.length };
}
