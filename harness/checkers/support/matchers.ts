import { isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Node, Pair, Scalar } from 'yaml';
import type { TextRange } from '../../model/place.ts';
import { mapScalar } from '../../rule-file/scalar-offsets.ts';

/** A label that a configuration of Alertmanager names, with the value it is compared with, where it is. */
export interface NamedLabel {
  readonly label: string;
  readonly labelRange: TextRange;
  readonly matcher?: { readonly operator: '=' | '!=' | '=~' | '!~'; readonly value: string; readonly range: TextRange };
}
const MATCHER_LISTS = new Set(['matchers', 'source_matchers', 'target_matchers']);
const MATCHER_MAPS: Readonly<Record<string, '=' | '=~'>> = {
  match: '=', match_re: '=~', source_match: '=', source_match_re: '=~', target_match: '=', target_match_re: '=~',
};
const LABEL_LISTS = new Set(['group_by', 'equal']);
// Source: alertmanager/matcher/parse: `name op value`, several joined by commas, braces allowed around them.
const MATCHER = /("(?:[^"\\]|\\.)*"|[A-Za-z_:][\w:]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^\s,{}"]+)/g;

/** Every label of `matchers`, `source_matchers`, `target_matchers`, their older forms, `group_by` and `equal`. @param text YAML */
export function readNamedLabels(text: string): readonly NamedLabel[] {
  const found: NamedLabel[] = [];
  visit(parseDocument(text, { prettyErrors: false }), {
    Pair: (_, pair) => {
      const { key, value } = pair as Pair<Node, Node>;
      const name = isScalar(key) ? String(key.value) : '';
      const items = isSeq(value) ? value.items.filter((item): item is Scalar => isScalar(item)) : isScalar(value) ? [value] : [];
      if (MATCHER_LISTS.has(name)) found.push(...items.flatMap((item) => readMatchers(text, item)));
      if (LABEL_LISTS.has(name)) found.push(...items.map((item) => ({ label: String(item.value), labelRange: rangeOf(item) })));
      const operator = MATCHER_MAPS[name];
      if (operator !== undefined && isMap(value)) {
        for (const entry of value.items as Pair<Node, Node>[]) {
          if (isScalar(entry.key) && isScalar(entry.value)) found.push({ label: String(entry.key.value), labelRange: rangeOf(entry.key), matcher: { operator, value: String(entry.value.value), range: rangeOf(entry.value) } });
        }
      }
    },
  });
  return found;
}

function readMatchers(text: string, item: Scalar): NamedLabel[] {
  const source = String(item.value);
  const locate = mapScalar(text, rangeOf(item), source);
  return [...source.matchAll(MATCHER)].map((match) => {
    const [whole, label = '', operator, value = ''] = match;
    return {
      label: unquote(label), labelRange: locate({ offset: match.index, length: label.length }),
      matcher: { operator: operator as '=', value: unquote(value), range: locate({ offset: match.index + whole.length - value.length, length: value.length }) },
    };
  });
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;
}

function rangeOf(node: Node): TextRange {
  const [offset, end] = node.range ?? [0, 1];
  return { offset, length: Math.max(1, end - offset) };
}
