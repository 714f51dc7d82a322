import type { YAMLError } from 'yaml';
import type { TextRange } from '../model/place.ts';

/** What to do about the parser's own words, by its codes. */
const NEXT_STEP: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  DUPLICATE_KEY: 'This key stands above already: remove one.',
};

/**
 * The one thing to mend first in a text that is not YAML, where a person would mend it. The parser reports a line that is
 * indented too deep at the value of the line before; people look for it at the line itself.
 * @param errors of `parseDocument(text, { prettyErrors: false })`, not empty
 */
export function explainYamlErrors(text: string, errors: readonly YAMLError[]): { readonly range: TextRange; readonly message: string } {
  const deep = errors.find((error) => error.code === 'MULTILINE_IMPLICIT_KEY');
  if (deep !== undefined) {
    const end = Math.min(deep.pos[1], text.length);
    const lineStart = text.lastIndexOf('\n', end - 1) + 1;
    const offset = lineStart + (/^\s*/.exec(text.slice(lineStart, end))?.[0].length ?? 0);
    return { range: { offset, length: Math.max(1, end - offset) }, message: 'This line is indented deeper than the one above, which already has a value. Give both the same indentation.' };
  }
  const nested = errors.find((error) => error.code === 'BLOCK_AS_IMPLICIT_KEY');
  const [error] = errors as readonly [YAMLError];
  const offset = Math.min(error.pos[0], Math.max(0, text.length - 1));
  const length = Math.max(1, Math.min(error.pos[1], text.length) - offset);
  return { range: { offset, length }, message: nested === error ? 'Found a second `: ` on one line, which YAML reads as a key in a value. Quote the value.' : `This is not YAML: ${error.message.replace(/\.?$/, '.')} ${NEXT_STEP[error.code] ?? 'Check indentation and quotes here.'}` };
}
