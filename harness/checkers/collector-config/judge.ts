import { isMap, isScalar, isSeq, type Document } from 'yaml';
import type { TextRange } from '../../model/place.ts';
import { keyRange, valueRange, type Path } from '../compose/positions.ts';
import { suggest } from '../support/suggest.ts';
import { COMPONENTS, REMOVED, SECTIONS, typeOf, type Section } from './components.ts';

export interface Mistake {
  readonly rule: 'unknown-component' | 'undefined-component' | 'unused-component' | 'limiter-not-first';
  readonly range: TextRange;
  readonly message: string;
}
/** One name in a list of the service, and where it stands. */
interface Use {
  readonly section: Section;
  readonly id: string;
  readonly path: Path;
  /** `pipelines.traces`, or `extensions`. */
  readonly where: string;
}

const SINGULAR: Readonly<Record<Section, string>> = { receivers: 'receiver', processors: 'processor', exporters: 'exporter', connectors: 'connector', extensions: 'extension' };

/** All components that the Collector does not have, that the file lacks, or that it does not use, in order of the file. */
export function judgeComponents(document: Document): Mistake[] {
  const defined = new Map(SECTIONS.map((section) => [section, keysOf(document, [section])]));
  const uses = readUses(document);
  const found = [...SECTIONS.flatMap((section) => (defined.get(section) ?? []).flatMap((id) => explainUnknown(document, section, id) ?? [])), ...uses.flatMap((use) => explainUndefined(document, use, defined) ?? [])];
  // What is misspelt in one place seems unused in the other.
  const unused = found.length > 0 || !document.has('service') ? [] : findUnused(document, uses, defined);
  return [...found, ...unused, ...findLateLimiters(document, uses)].sort((left, right) => left.range.offset - right.range.offset);
}

function keysOf(document: Document, path: Path): string[] {
  const map = document.getIn(path);
  return isMap(map) ? map.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])) : [];
}

function readUses(document: Document): Use[] {
  const list = (path: Path, section: Section, where: string): Use[] => {
    const items = document.getIn(path);
    return isSeq(items) ? items.items.flatMap((item, index) => (isScalar(item) ? [{ section, id: String(item.value), path: [...path, index], where }] : [])) : [];
  };
  return [
    ...list(['service', 'extensions'], 'extensions', 'extensions'),
    ...keysOf(document, ['service', 'pipelines']).flatMap((name) => (['receivers', 'processors', 'exporters'] as const).flatMap((section) => list(['service', 'pipelines', name, section], section, `pipelines.${name}`))),
  ];
}

function explainUnknown(document: Document, section: Section, id: string): Mistake | undefined {
  const type = typeOf(id);
  const known = COMPONENTS[section].flat();
  if (known.includes(type)) return undefined;
  const removed = Object.hasOwn(REMOVED, `${section}/${type}`) ? REMOVED[`${section}/${type}`] : undefined;
  const near = suggest(type, known);
  const home = SECTIONS.find((other) => COMPONENTS[other].flat().includes(type));
  const advice = removed !== undefined ? `The Collector has it no more: ${removed}.`
    : near !== undefined ? `Did you mean \`${near}\`?`
      : home !== undefined ? `It is one of the ${home}: move it there.`
        : `Take one of these, or add it to harness/images/otelcol/builder.yaml.`;
  return { rule: 'unknown-component', range: keyRange(document, [section, id]), message: `Found the ${SINGULAR[section]} \`${id}\`, expected one that the Collector of the course has: ${COMPONENTS[section].map(([one]) => `\`${one}\``).join(', ')}. ${advice}` };
}

function explainUndefined(document: Document, { section, id, path, where }: Use, defined: ReadonlyMap<Section, readonly string[]>): Mistake | undefined {
  const own = defined.get(section) ?? [];
  // A connector ends one pipeline and begins another.
  const known = section === 'receivers' || section === 'exporters' ? [...own, ...defined.get('connectors') ?? []] : own;
  if (known.includes(id)) return undefined;
  const near = suggest(id, known) ?? known.find((one) => typeOf(one) === typeOf(id));
  // The definition is what is misspelt.
  const isNearWrong = near !== undefined && !SECTIONS.some((one) => COMPONENTS[one].flat().includes(typeOf(near)));
  return { rule: 'undefined-component', range: valueRange(document, path), message: `Found the ${SINGULAR[section]} \`${id}\` in \`${where}\`, expected one that the file defines below \`${section}:\`${known.length === 0 ? ', which has none' : ` (${known.join(', ')})`}. ${near === undefined ? 'Define it there, or remove it here.' : isNearWrong ? `Correct \`${near}\` there.` : `Did you mean \`${near}\`?`}` };
}

function findUnused(document: Document, uses: readonly Use[], defined: ReadonlyMap<Section, readonly string[]>): Mistake[] {
  const isUsed = (section: Section, id: string): boolean => uses.some((use) => use.id === id && (use.section === section || section === 'connectors'));
  return SECTIONS.flatMap((section) => (defined.get(section) ?? []).filter((id) => !isUsed(section, id)).map((id): Mistake => ({
    rule: 'unused-component', range: keyRange(document, [section, id]),
    message: `Found the ${SINGULAR[section]} \`${id}\`, and ${section === 'extensions' ? '`service.extensions` does not name it' : 'no pipeline names it'}: the Collector does not even start it. ${section === 'extensions' ? 'Name it there' : 'Name it in a pipeline'}, or remove it.`,
  })));
}

function findLateLimiters(document: Document, uses: readonly Use[]): Mistake[] {
  return uses.filter(({ section, id, path }) => section === 'processors' && typeOf(id) === 'memory_limiter' && path.at(-1) !== 0).map(({ id, path, where }) => ({
    rule: 'limiter-not-first', range: valueRange(document, path),
    message: `Found \`${id}\` behind another processor in \`${where}\`, expected it first: it can only refuse what has not been taken in yet. Move it to the front of the list.`,
  }));
}
