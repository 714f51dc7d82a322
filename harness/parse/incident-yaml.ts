import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, Scalar, YAMLMap } from 'yaml';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place, Point } from '../model/place.ts';
import { diagnoseIncident } from './rules.ts';
import { splitLines } from './source-lines.ts';
import { suggestWord } from '../model/suggest-word.ts';
import type { TextLine } from './fenced-text.ts';

/** A YAML file with positions, and what was found wrong with it so far. */
export interface YamlFile {
  readonly file: string;
  readonly source: string;
  readonly document: Document;
  readonly lineCounter: LineCounter;
  readonly diagnostics: Diagnostic[];
}

/** Reads a YAML file; what is wrong with its syntax is in `diagnostics` as `incident/not-valid`, first mistake only. */
export function openYaml(file: string, source: string): YamlFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(source, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const yaml: YamlFile = { file, source, document, lineCounter, diagnostics: [] };
  const [error] = document.errors;
  if (error !== undefined) report(yaml, error.pos, `Found text that is not YAML: ${error.message.replace(/\.?$/, '.')} Nothing of the file can be checked until this is mended; a text with \`: \` or \`#\` in it stands in quotes or after \`|\`.`);
  return yaml;
}

export function report(yaml: YamlFile, range: readonly number[] | null | undefined, message: string): void {
  yaml.diagnostics.push(diagnoseIncident('not-valid', placeOf(yaml, range), message));
}

export function placeOf({ file, lineCounter }: YamlFile, range: readonly number[] | null | undefined): Place {
  const point = (offset: number): Point => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const start = range?.[0] ?? 0;
  return { file, start: point(start), end: point(Math.max(range?.[1] ?? start, start)) };
}

/** Keys of a mapping with their nodes, in order; what is no mapping, and keys that are not among `known`, are reported. */
export function readFields(yaml: YamlFile, node: unknown, what: string, known?: readonly string[]): ReadonlyMap<string, { readonly key: Scalar; readonly value: Node | null }> {
  const fields = new Map<string, { readonly key: Scalar; readonly value: Node | null }>();
  if (!isMap(node)) {
    report(yaml, rangeOf(node), `Found ${what} that is no mapping, expected lines of the form \`key: value\`. Write ${known === undefined ? 'them' : `\`${known[0] ?? 'key'}: …\``}.`);
    return fields;
  }
  for (const { key, value } of (node as YAMLMap<unknown, Node | null>).items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    if (known !== undefined && !known.includes(name)) {
      const near = suggestWord(name, known);
      report(yaml, key.range, `Found the key \`${name}\` in ${what}, expected one of: ${known.join(', ')}. ${near === undefined ? 'Remove it.' : `Did you mean \`${near}\`?`}`);
    }
    fields.set(name, { key, value });
  }
  return fields;
}

/** Items of the list under a key; what is none is reported. */
export function readItems(yaml: YamlFile, node: Node | null, key: string): readonly Node[] {
  if (isSeq(node)) return node.items as Node[];
  report(yaml, rangeOf(node), `Found no list under \`${key}\`, expected items that begin with \`- \`. Write \`- claim: …\`.`);
  return [];
}

/** The text of a scalar; undefined, reported, for anything else. */
export function readScalar(yaml: YamlFile, node: Node | null, what: string): string | undefined {
  if (isScalar(node) && node.value !== null && String(node.value).trim() !== '') return String(node.value).trim();
  report(yaml, rangeOf(node), `Found nothing, or a list or mapping, for ${what}, expected one value. Write it after the colon.`);
  return undefined;
}

/**
 * The lines of the scalar under a key, each with its place in the file. Only where every line of the value stands in the file as it is can findings point
 * into it: a folded text (`>`, or several lines without `|`) and quotes with escapes are reported.
 */
export function readText(yaml: YamlFile, node: Node | null, key: string): readonly TextLine[] {
  const value = readScalar(yaml, node, `\`${key}\``);
  if (value === undefined || !isScalar(node)) return [];
  const lines = node.type === 'BLOCK_LITERAL' ? literalLines(yaml, node) : flowLines(yaml, node);
  if (lines.map(({ text }) => text).join('\n').trimEnd() === String(node.value).trimEnd()) return lines;
  report(yaml, node.range, `Found a ${key} that is folded or has escapes, expected its lines as they are asked, so that a finding can point at the right column. Write it after \`|\`, on lines of its own.`);
  return [];
}

function literalLines(yaml: YamlFile, node: Scalar): readonly TextLine[] {
  const [start, end] = node.range ?? [0, 0];
  const first = placeOf(yaml, [start, start]).start.line + 1;
  const raw = splitLines(yaml.source.slice(start, end)).slice(1);
  const indent = Math.min(...raw.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length));
  const texts = raw.map((line) => line.slice(indent));
  while (texts.length > 1 && texts.at(-1)?.trim() === '') texts.pop();
  return texts.map((text, index) => ({ text, at: { file: yaml.file, line: first + index, column: indent + 1, shown: true } }));
}

function flowLines(yaml: YamlFile, node: Scalar): readonly TextLine[] {
  const [start, end] = node.range ?? [0, 0];
  const quotes = node.type === 'PLAIN' ? 0 : 1;
  const { line, column } = placeOf(yaml, [start + quotes, start + quotes]).start;
  return [{ text: yaml.source.slice(start + quotes, end - quotes), at: { file: yaml.file, line, column, shown: true } }];
}

export function rangeOf(node: unknown): readonly number[] | null | undefined {
  return (node as Node | null | undefined)?.range;
}
