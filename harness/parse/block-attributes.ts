import type { Attribute } from '../model/block.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import { parseAttributes } from './attributes.ts';
import { displayAttributes, isDisplayAttribute, needsValue } from './known-attributes.ts';
import { diagnose } from './rules.ts';
import { suggestWord } from '../model/suggest-word.ts';

export interface BlockAttributes {
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads and judges the attribute text of one fence. `start` is where the text begins in the page. A repeated
 * attribute keeps its first value; one of Expressive Code's may repeat.
 */
export function readAttributes(text: string, start: { file: string; line: number; column: number }, known: readonly string[]): BlockAttributes {
  const parsed = parseAttributes(text);
  const placeOf = (range: { start: number; end: number }): Place => ({
    file: start.file,
    start: { line: start.line, column: start.column + range.start },
    end: { line: start.line, column: start.column + range.end },
  });
  const diagnostics = parsed.problems.map((problem) => diagnose('attribute-syntax', placeOf(problem), problem.message));
  const attributes = new Map<string, Attribute>();
  for (const item of parsed.attributes) {
    const attribute = { name: item.name, value: item.value, place: placeOf(item) };
    const first = attributes.get(item.name);
    if (first === undefined) attributes.set(item.name, attribute);
    else if (!isDisplayAttribute(item.name)) diagnostics.push(diagnoseDuplicate(attribute, first));
    diagnostics.push(...judgeAttribute(attribute, known));
  }
  return { attributes, diagnostics: [...diagnostics, ...judgeIgnore(attributes)] };
}

function diagnoseDuplicate({ name, place }: Attribute, first: Attribute): Diagnostic {
  const message = `The attribute \`${name}\` stands twice on this fence, expected once. Join what both say in one value${name === 'expect' ? ' by `;`' : ''}, or remove one.`;
  return diagnose('duplicate-attribute', place, message, [{ message: 'first given here', place: first.place }]);
}

function judgeAttribute({ name, value, place }: Attribute, known: readonly string[]): Diagnostic[] {
  if (!known.includes(name) && !isDisplayAttribute(name)) {
    const nearest = suggestWord(name, [...known, ...displayAttributes]);
    const hint = nearest === undefined ? 'Remove it, or see the table of attributes in CONTRIBUTING.md.' : `Did you mean \`${nearest}\`?`;
    return [diagnose('unknown-attribute', place, `No checker knows the attribute \`${name}\`. ${hint}`)];
  }
  if (!needsValue(name) || (value !== true && value !== '')) return [];
  return [diagnose('missing-value', place, `The attribute \`${name}\` has no value, expected \`${name}=…\`. Write one.`)];
}

/** An opt-out says why, and until when. */
function judgeIgnore(attributes: ReadonlyMap<string, Attribute>): Diagnostic[] {
  const ignore = attributes.get('ignore');
  const missing = ['reason', 'until'].filter((name) => !attributes.has(name));
  if (ignore === undefined || missing.length === 0) return [];
  const message = `\`ignore\` lacks ${missing.map((name) => `\`${name}\``).join(' and ')}, expected \`ignore reason="…" until=YYYY-MM-DD\`. Add what is missing.`;
  return [diagnose('ignore-without-reason', ignore.place, message)];
}
