import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, isSeq, parseDocument, type Node } from 'yaml';
import type { Diagnostic, RuleId } from '../model/diagnostic.ts';
import type { Glossary, GlossaryTerm, Severity } from '../model/glossary.ts';
import type { Place, TextRange } from '../model/place.ts';
import { placeSource } from './place.ts';
import { glossaryRules } from './rules.ts';

const FILE = 'docs/glossary.yml';

/** Collects what is wrong while the file is read. */
interface Reading {
  readonly source: string;
  readonly diagnostics: Diagnostic[];
}

/** Reads `docs/glossary.yml`. What is wrong with it is in `diagnostics`; entries that can be read are there all the same. */
export function readGlossary(root: string): Glossary {
  const path = join(root, FILE);
  if (!existsSync(path)) return { terms: [], severities: [], diagnostics: [] };
  const source = readFileSync(path, 'utf8');
  const reading: Reading = { source, diagnostics: [] };
  const document = parseDocument(source);
  const [error] = document.errors;
  if (error !== undefined) {
    // What follows the first is mostly its consequence.
    report(reading, 'glossary/not-valid', error.pos, `The glossary is not valid YAML: ${error.message.split(/ at line \d/)[0] ?? error.code}. Mend this line.`);
    return { terms: [], severities: [], diagnostics: reading.diagnostics };
  }
  const terms = readEntries(document.get('terms', true), reading).flatMap(([term, node]) => readTerm(term, node, reading));
  const severities = readEntries(document.get('severities', true), reading).flatMap(([incident, node]) => readSeverity(incident, node, reading));
  findConflicts(terms, reading);
  return { terms, severities, diagnostics: reading.diagnostics };
}

function readEntries(node: unknown, reading: Reading): [string, Node][] {
  if (!isMap(node)) {
    report(reading, 'glossary/not-valid', [0, 0], 'The glossary lacks `terms:` or `severities:`, expected both, each with `name: {…}` entries. Add it.');
    return [];
  }
  return node.items.flatMap(({ key, value }) => (isScalar(key) && value !== null ? [[String(key.value), value as Node] as [string, Node]] : []));
}

function readTerm(term: string, node: Node, reading: Reading): GlossaryTerm[] {
  const means = fieldOf(node, 'means');
  const not = isMap(node) ? node.get('not', true) : undefined;
  const rejected = isSeq(not) ? not.items.flatMap((item) => (isScalar(item) ? [String(item.value)] : [])) : [];
  const unknown = unknownKey(node, ['means', 'not', 'plain']);
  if (means === undefined || unknown !== undefined || (not !== undefined && !isSeq(not))) {
    report(reading, 'glossary/not-valid', node.range, `Found ${unknown === undefined ? 'an entry without its parts' : `the key \`${unknown}\``} under \`${term}\`, expected \`means: one line\`, if prose must avoid words \`not: [word, …]\`, and if pages must not link it \`plain: true\`. Correct the entry.`);
    return [];
  }
  return [{ term, means, not: rejected, isPlain: isMap(node) && node.get('plain') === true }];
}

function readSeverity(incident: string, node: Node, reading: Reading): Severity[] {
  const [alert, means] = [fieldOf(node, 'alert'), fieldOf(node, 'means')];
  if (alert !== undefined && means !== undefined && unknownKey(node, ['alert', 'means']) === undefined) return [{ incident, alert, means, place: placeSource(FILE, reading.source, rangeOf(node.range)) }];
  report(reading, 'glossary/not-valid', node.range, `The severity \`${incident}\` is not made of \`alert\` and \`means\`, expected both and nothing else. Correct the entry.`);
  return [];
}

function fieldOf(node: Node, name: string): string | undefined {
  const value = isMap(node) ? node.get(name) : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function unknownKey(node: Node, known: readonly string[]): string | undefined {
  return isMap(node) ? node.items.map(({ key }) => (isScalar(key) ? String(key.value) : '?')).find((key) => !known.includes(key)) : undefined;
}

function findConflicts(terms: readonly GlossaryTerm[], reading: Reading): void {
  const preferred = new Set(terms.map(({ term }) => term));
  const rejected = new Map<string, string>();
  for (const { term, not } of terms) {
    for (const word of not) {
      const other = preferred.has(word) ? word : rejected.get(word.toLowerCase());
      const at = reading.source.indexOf(word, reading.source.indexOf(`${term}:`));
      if (other !== undefined) report(reading, 'glossary/conflict', [at, at + word.length], `\`${word}\` is rejected under \`${term}\` and ${other === word ? 'is a term of its own' : `under \`${other}\` too`}, expected one place for it. Remove one.`);
      rejected.set(word.toLowerCase(), term);
    }
  }
}

function report({ source, diagnostics }: Reading, ruleId: keyof typeof glossaryRules & RuleId, range: readonly number[] | null | undefined, message: string): void {
  const place: Place = placeSource(FILE, source, rangeOf(range));
  diagnostics.push({ ruleId, level: glossaryRules[ruleId].level, message, place, related: [] });
}

function rangeOf(range: readonly number[] | null | undefined): TextRange {
  const [start = 0, end = start] = range ?? [];
  return { offset: start, length: Math.max(0, end - start) };
}
