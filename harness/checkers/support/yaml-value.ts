import { isNode, visit, type Document } from 'yaml';
import type { TextRange } from '../../model/place.ts';
import { explainYamlErrors } from '../../rule-file/yaml-error.ts';

/** Why a text has no value, where a person would mend it. */
export interface YamlMistake {
  readonly range: TextRange;
  readonly message: string;
}

/** What is wrong with a document as YAML; undefined when `toJS` gives its value. Parsing alone does not look at aliases. */
export function findYamlMistake(text: string, document: Document): YamlMistake | undefined {
  if (document.errors.length > 0) return explainYamlErrors(text, document.errors);
  const anchors = new Set<string>();
  let mistake: YamlMistake | undefined;
  visit(document, {
    Node: (_, node) => { if ('anchor' in node && node.anchor !== undefined) anchors.add(node.anchor); },
    Alias: (_, { source, range }) => {
      if (anchors.has(source) || mistake !== undefined) return;
      mistake = { range: { offset: range?.[0] ?? 0, length: source.length + 1 }, message: `Found \`*${source}\`, which names no anchor above it: YAML reads a word after \`*\` so. Write \`&${source}\` where it is meant, or put it in quotes.` };
    },
  });
  return mistake ?? findEndless(text, document);
}

/** Aliases of aliases can unfold without end: the library gives up. */
function findEndless(text: string, document: Document): YamlMistake | undefined {
  try {
    document.toJS();
    return undefined;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const [start, end] = isNode(document.contents) ? document.contents.range ?? [0, text.length] : [0, text.length];
    return { range: { offset: start, length: end - start }, message: 'Found aliases that unfold into more than can be read. Write out some of them.' };
  }
}
