/** One attribute as written. `start` and `end` are offsets into the attribute text, 0-based, `end` exclusive. */
export interface ParsedAttribute {
  readonly name: string;
  readonly value: string | true;
  readonly start: number;
  readonly end: number;
}
/** Text between attributes that is none. */
export interface AttributeProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}
export interface ParsedAttributes {
  readonly attributes: readonly ParsedAttribute[];
  readonly problems: readonly AttributeProblem[];
}

const name = /[A-Za-z_][\w-]*/y;
const bareValue = /[^\s"'{}/][^\s"']*/y;
// Expressive Code's values: {2-4}, {"A":5-6}, /regex/; and the quoted ones, where \" and \\ stand for " and \.
const delimited = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\{[^{}]*\}|\/(?:[^/\\]|\\.)+\//y;
const boundary = /\s|$/y;

/**
 * Reads what follows a fence tag: bare words, `key=value`, `key="…"`, `key='…'`, and Expressive Code's `{2-4}`,
 * `"text"` and `/regex/`, which are its attribute `mark`. Junk never throws: it comes back as problems.
 */
export function parseAttributes(text: string): ParsedAttributes {
  const attributes: ParsedAttribute[] = [];
  const problems: AttributeProblem[] = [];
  let offset = skipSpace(text, 0);
  while (offset < text.length) {
    const item = readAttribute(text, offset);
    const unquoted = 'message' in item ? findUnquoted(text, attributes.at(-1), item) : undefined;
    if (unquoted !== undefined) {
      problems.push(unquoted);
      offset = skipSpace(text, unquoted.end);
      continue;
    }
    if ('message' in item) problems.push(item);
    else attributes.push(item);
    offset = skipSpace(text, item.end);
  }
  return { attributes, problems };
}

/** `expect=count > 1`: one value that lacks its quotes, up to the next `key=`, and not several things that are no attributes. */
function findUnquoted(text: string, before: ParsedAttribute | undefined, junk: AttributeProblem): AttributeProblem | undefined {
  if (before === undefined || before.value === true || /^[A-Za-z_][\w-]*=/.test(text.slice(junk.start)) || /["'}/]$/.test(text.slice(before.start, before.end)) || text.slice(before.end, junk.start).trim() !== '') return undefined;
  const rest = text.slice(junk.start);
  const end = junk.start + (/\s+[A-Za-z_][\w-]*=/.exec(rest)?.index ?? rest.trimEnd().length);
  const value = text.slice(before.start + before.name.length + 1, end);
  return { start: junk.start, end, message: `The value of the attribute \`${before.name}\` ends at the space before ${quote(text.slice(junk.start, end))}. Quote all of it: \`${before.name}="${value}"\`.` };
}

function readAttribute(text: string, start: number): ParsedAttribute | AttributeProblem {
  const marker = matchAt(delimited, text, start);
  if (marker !== undefined) return finish(text, { name: 'mark', value: unquote(marker), start, end: start + marker.length });
  const word = matchAt(name, text, start);
  if (word === undefined) return junk(text, start, (found) => `${quote(found)} is not an attribute, expected \`key=value\` or a bare word. Correct it, or remove it.`);
  const afterName = start + word.length;
  if (text[afterName] !== '=') return finish(text, { name: word, value: true, start, end: afterName });
  const value = matchAt(delimited, text, afterName + 1) ?? matchAt(bareValue, text, afterName + 1);
  if (value === undefined) return readMissingValue(text, word, start);
  return finish(text, { name: word, value: unquote(value), start, end: afterName + 1 + value.length });
}

/** Nothing after `=`, or a quote that never closes: that one takes the rest of the line with it. */
function readMissingValue(text: string, word: string, start: number): AttributeProblem {
  const opener = text[start + word.length + 1] ?? ' ';
  if (/\s/.test(opener)) return junk(text, start, () => `The attribute \`${word}\` has no value after \`=\`. Write one, or remove the attribute.`);
  return { start, end: text.trimEnd().length, message: `The value of the attribute \`${word}\` opens with ${quote(opener)} and never closes. Add the closing ${quote(opener)}.` };
}

/** An attribute ends at a space or at the end; `a="x"y` is none. */
function finish(text: string, attribute: ParsedAttribute): ParsedAttribute | AttributeProblem {
  if (matchAt(boundary, text, attribute.end) !== undefined) return attribute;
  return junk(text, attribute.start, (found) => `Found ${quote(found)}, expected a space after the attribute \`${attribute.name}\`. Quote a value that contains quotes or braces.`);
}

function junk(text: string, start: number, describe: (found: string) => string): AttributeProblem {
  const end = start + (/^\S+/.exec(text.slice(start))?.[0].length ?? 1);
  return { start, end, message: describe(text.slice(start, end)) };
}

function quote(found: string): string {
  return `\`${found}\``;
}

function unquote(value: string): string {
  const opener = value[0];
  if (opener !== '"' && opener !== "'") return value;
  return value.slice(1, -1).replace(/\\(["'\\])/g, (whole, escaped: string) => (escaped === opener || escaped === '\\' ? escaped : whole));
}

/** Writes attributes so that `parseAttributes` reads the same ones back. */
export function printAttributes(attributes: readonly Pick<ParsedAttribute, 'name' | 'value'>[]): string {
  return attributes.map(({ name: key, value }) => (value === true ? key : `${key}=${printValue(value)}`)).join(' ');
}

function printValue(value: string): string {
  const isPlain = matchAt(bareValue, value, 0) === value || /^\{[^{}]*\}$/.test(value);
  return isPlain ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function matchAt(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

function skipSpace(text: string, offset: number): number {
  let at = offset;
  while (at < text.length && /\s/.test(text[at] ?? '')) at += 1;
  return at;
}
