import { isMap, isScalar, isSeq, parseAllDocuments, type Document, type YAMLError } from 'yaml';
import { findPromqlMistake } from '../checkers/support/promql-syntax.ts';
import { explainYamlErrors } from '../rule-file/yaml-error.ts';
import { excuse } from './excuses.ts';
import { isExposition } from './guess.ts';
import type { Found, Kind, Piece } from './model.ts';
import { find } from './rules.ts';
import { splitNamedFiles, splitParagraphs, type Chunk } from './split.ts';
import { outermostKeys, readYamlKind } from './yaml-kind.ts';

/** A YAML sample taken apart: files to be judged, what is wrong whatever they are, or why nothing can be said. */
export interface Expanded {
  readonly pieces: readonly Piece[];
  readonly found: readonly Found[];
  readonly unknown: string | undefined;
}

/** Takes a YAML sample apart into the files that it shows. */
export function expandYaml(piece: Piece): Expanded {
  const named = splitNamedFiles(piece.text);
  if (named !== undefined) return join(named.map((chunk) => expandOne(piece, chunk)));
  return expandOne(piece, { text: piece.text, offset: 0 });
}

function join(parts: readonly Expanded[]): Expanded {
  return { pieces: parts.flatMap(({ pieces }) => pieces), found: parts.flatMap(({ found }) => found), unknown: parts.find(({ unknown }) => unknown !== undefined)?.unknown };
}

const unknown = (reason: string): Expanded => ({ pieces: [], found: [], unknown: reason });

function expandOne(piece: Piece, chunk: Chunk): Expanded {
  const documents = read(chunk.text);
  const errors = documents.flatMap((one) => one.errors);
  if (errors.length > 0) return expandBroken(piece, chunk, errors);
  if (documents.length > 1) return { pieces: documents.map((one) => toPiece(piece, { text: chunk.text.slice(one.range[0], one.range[1]), offset: chunk.offset + one.range[0] })).filter(({ text }) => text.replace(/^[ \t]*#.*$/gm, '').trim() !== ''), found: [], unknown: undefined };
  const root = documents[0]?.contents ?? null;
  if (root === null) return unknown('nothing but comments stands in it');
  if (isScalar(root)) return unknown('it is one text, no map and no list');
  const keys = isMap(root) ? root.items.map(({ key }) => String(key)) : [];
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) return unknown(`\`${twice}\` stands twice at its outermost level, as where several samples share a fence`);
  return { pieces: [toPiece(piece, chunk)], found: [], unknown: undefined };
}

function read(text: string): Document.Parsed[] {
  const documents = withoutStacks(() => parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'silent' }));
  return Array.isArray(documents) ? documents : [];
}

/** Each mistake of a YAML text is an error with a stack that nobody reads; of text that is no YAML there are hundreds. */
function withoutStacks<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function toPiece(piece: Piece, { text, offset }: Chunk): Piece {
  const { kind, because } = readYamlKind(text, piece.sample.block.title);
  return { ...piece, kind, text, offset: piece.offset + offset, because: piece.isGuess === true ? `${piece.because}, and ${because}` : because };
}

/** What a paragraph of a text that is no YAML as a whole is by itself. */
type Role = 'yaml' | 'flags' | 'expression' | 'sample' | 'other';

function expandBroken(piece: Piece, chunk: Chunk, errors: readonly YAMLError[]): Expanded {
  const chunks = splitParagraphs(chunk.text).map((one) => ({ ...one, role: roleOf(one.text) })).filter(({ text }) => stripComments(text) !== '');
  const yaml = chunks.filter(({ role }) => role === 'yaml');
  const strange = chunks.filter(({ role }) => role === 'flags' || role === 'expression' || role === 'sample');
  const parts = yaml.map((one) => toPiece(piece, { text: one.text, offset: chunk.offset + one.offset }));
  if (chunks.length > 1 && yaml.length === chunks.length) return { pieces: parts, found: [], unknown: undefined };
  if (yaml.length > 0 && strange.length > 0 && yaml.length + strange.length === chunks.length) {
    const doubt = excuse({ ...piece, text: '' });
    if (doubt !== undefined) return { pieces: parts, found: [], unknown: doubt };
    return { pieces: parts, found: strange.slice(0, 1).map((one) => describeStrange(one, chunk.offset, one.role)), unknown: undefined };
  }
  return judgeSyntax(piece, chunk, errors);
}

function stripComments(text: string): string {
  return text.replace(/^\s*#.*$/gm, '').trim();
}

function roleOf(text: string): Role {
  const bare = stripComments(text);
  const documents = read(text);
  const root = documents[0]?.contents ?? null;
  if (documents.length === 1 && documents[0]?.errors.length === 0 && (isMap(root) || isSeq(root)) && outermostKeys(text).length + (isSeq(root) ? 1 : 0) > 0) return 'yaml';
  const lines = bare.split('\n').map((line) => line.trim());
  if (lines.every((line) => /^--?[a-z][\w.-]+(?:[= ]\S+)?\s*\\?$/.test(line))) return 'flags';
  if (isExposition(bare) || lines.every((line) => /^[a-z_:][\w:]*\{[^}]*="[^}]*\}\s+[-+\d.]+(?:\s|$)/i.test(line))) return 'sample';
  return /[({]/.test(bare) && /[)}\]]\s*(?:[<>=!]=?\s*[\d.]+)?$/.test(bare) && !/:\s/.test(bare) && findPromqlMistake(bare) === undefined ? 'expression' : 'other';
}

const ROLES: Readonly<Record<Role, string>> = { flags: 'flags of a command line', expression: 'a PromQL expression', sample: 'a line of an exposition', yaml: 'YAML', other: 'text' };

function describeStrange(chunk: Chunk, offset: number, role: Role): Found {
  const lines = chunk.text.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '' && !/^\s*#/.test(line));
  const before = lines.slice(0, first).reduce((sum, line) => sum + line.length + 1, 0);
  return find('mixed-languages', offset + chunk.offset + before, (lines[first] ?? '').trimEnd().length, `Found ${ROLES[role]} among YAML, expected one language: nothing reads the text so. Give it a fence of its own.`);
}

function judgeSyntax(piece: Piece, chunk: Chunk, errors: readonly YAMLError[]): Expanded {
  const doubt = excuse({ ...piece, text: chunk.text }) ?? doubtYaml(chunk.text);
  if (doubt !== undefined) return unknown(`it is not YAML as it stands, which need not be wrong: ${doubt}`);
  const { range, message } = explainYamlErrors(chunk.text, errors);
  return { pieces: [], found: [find('not-yaml', chunk.offset + range.offset, range.length, message)], unknown: undefined };
}

/** Other reasons for which a text under the tag of YAML is none. */
function doubtYaml(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !/^\s*#/.test(line));
  const alike = lines.filter((line) => /^\s*(?:- |-$|[\w."'/$~*&!{[-][^:]*:(?:\s|$)|[}\]]|\|)/.test(line)).length;
  if (/^\s*(?:sudo |\$ )?(?:cat|tee|echo|curl|kubectl|helm|docker|envsubst)\b[^:\n]*(?:<<|\|)/.test(lines[0] ?? '')) return 'it is a command of a shell, with YAML in it';
  if (alike < lines.length * 0.6) return 'most of it is another language';
  if (lines.some((line) => /^\s*\/\/|\s\/\/\s|^\s*--\s|^\s*[$>] /.test(line))) return 'notes or prompts stand among it';
  if (lines.some((line) => /^\s*[}\]]|[{[]\s*$|^\s*(?:[\w-]+ )+(?:"[^"]*" )?\{\s*$/.test(line))) return 'braces of another language stand in it';
  if (lines.filter((line) => /^[A-Z][\w ()/-]*:\s{2,}\S/.test(line)).length > 1) return 'it looks like the answer of a command';
  if (lines.some((line) => /^\+/.test(line))) return 'it looks like a difference of two files';
  const depth = (line: string): number => line.length - line.trimStart().length;
  const first = lines[0] ?? '';
  if (lines.some((line) => depth(line) < depth(first))) return 'it begins in the middle of a file';
  const keys = outermostKeys(text);
  if (keys.some((key, index) => keys.indexOf(key) !== index)) return 'several samples seem to share the fence';
  return undefined;
}

/** Kinds that a YAML sample can turn out to be. */
export const YAML_KINDS: readonly Kind[] = ['yaml', 'rules', 'prometheus-config', 'alertmanager-config', 'loki-config', 'collector-config', 'compose', 'compose-services', 'kubernetes', 'rule-tests'];
