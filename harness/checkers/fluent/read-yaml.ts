import { isMap, isScalar, isSeq, parseDocument, type Node, type Pair } from 'yaml';
import type { TextRange } from '../../model/place.ts';
import { explainYamlErrors } from '../../rule-file/yaml-error.ts';
import { hintAt } from '../support/suggest.ts';
import type { Entry, FluentFile, FluentProblem, Section } from './section.ts';

/** The keys of a file, and the classic section that each entry of a list is. */
const TOP: Readonly<Record<string, string>> = { parsers: 'PARSER', multiline_parsers: 'MULTILINE_PARSER', customs: 'CUSTOM', stream_processor: 'STREAM_TASK', upstream_servers: 'UPSTREAM' };
const PLAIN = ['env', 'includes', 'service', 'pipeline', 'plugins'];
const PIPELINE: Readonly<Record<string, string>> = { inputs: 'INPUT', filters: 'FILTER', outputs: 'OUTPUT' };

/** Fluent Bit's YAML form, as the sections of its classic one. */
export function readYaml(text: string): FluentFile {
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0) return { sections: [], problems: [{ rule: 'syntax-error', ...explainYamlErrors(text, document.errors) }], includes: true };
  const top = pairsOf(document.contents);
  const pipeline = top.filter(([name]) => name === 'pipeline').flatMap(([, , node]) => pairsOf(node));
  const service = top.filter(([name]) => name === 'service').map(([, key, node]) => toSection('SERVICE', node, rangeOf(key)));
  return {
    sections: [...service, ...top.flatMap((pair) => listOf(pair, TOP)), ...pipeline.flatMap((pair) => listOf(pair, PIPELINE))],
    problems: [...unknown(top, [...Object.keys(TOP), ...PLAIN]), ...unknown(pipeline, Object.keys(PIPELINE))],
    includes: top.some(([name]) => name === 'includes'),
  };
}

type Named = readonly [name: string, key: Node, value: unknown];

function pairsOf(node: unknown): Named[] {
  return isMap(node) ? (node.items as Pair<Node, unknown>[]).map(({ key, value }) => [isScalar(key) ? String(key.value) : '', key, value]) : [];
}

function unknown(pairs: readonly Named[], known: readonly string[]): FluentProblem[] {
  return pairs.filter(([name]) => !known.includes(name)).map(([name, key]) => ({ rule: 'unknown-section', range: rangeOf(key), message: `Found the section \`${name}\`, which Fluent Bit does not have.${hintAt(name, known)}` }));
}

function listOf([name, , node]: Named, names: Readonly<Record<string, string>>): Section[] {
  const section = names[name];
  return section === undefined || !isSeq(node) ? [] : node.items.map((item) => toSection(section, item, undefined));
}

function toSection(name: string, node: unknown, at: TextRange | undefined): Section {
  const entries = pairsOf(node).map(([key, keyNode, value]): Entry => ({
    key,
    keyRange: rangeOf(keyNode),
    value: isScalar(value) ? String(value.value) : '…',
    valueRange: isScalar(value) ? rangeOf(value) : rangeOf(keyNode),
  }));
  const range = at ?? entries[0]?.keyRange ?? rangeOf(node as Node);
  return { name, argument: '', argumentRange: range, range, entries, sections: [] };
}

function rangeOf(node: Node): TextRange {
  const [start, end] = node.range ?? [0, 0, 0];
  return { offset: start, length: end - start };
}
