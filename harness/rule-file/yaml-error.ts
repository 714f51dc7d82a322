import type { YAMLError } from 'yaml';
import type { TextRange } from '../model/place.ts';

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
  const [error] = errors as readonly [YAMLError];
  const offset = Math.min(error.pos[0], Math.max(0, text.length - 1));
  const length = Math.max(1, Math.min(error.pos[1], text.length) - offset);
  return { range: { offset, length }, message: `This is not YAML: ${error.message.replace(/\.?$/, '.')} Check indentation and quotes here.` };
}
