import type { TextRange } from '../model/place.ts';
import type { QueryLanguage } from './model.ts';

/** What a variable holds while a dashboard is asked. */
export interface Held {
  /** Several at a time, or all. */
  readonly values: readonly string[];
  /** It may hold several: then Grafana escapes its values for a regular expression. */
  readonly isMany: boolean;
  /** Text of `allValue`, taken as it stands. */
  readonly verbatim?: string;
}
export interface Interpolated {
  readonly text: string;
  /** A part of `text` as a part of what it was made of; a variable counts as a whole. */
  toSource(range: TextRange): TextRange;
}
/** A variable as Grafana finds it in a text. */
export interface Mention {
  readonly name: string;
  readonly format: string | undefined;
  readonly range: TextRange;
}
// As in Grafana's templateSrv: $name, [[name:format]], ${name.field:format}.
const MENTION = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.[^:}]+)?(?::([^}]+))?\}/g;

/** Variables that a text names, in its order. `$1` of a regular expression is none. */
export function findMentions(text: string): Mention[] {
  return [...text.matchAll(MENTION)].map((match) => ({
    name: match[1] ?? match[2] ?? match[4] ?? '', format: match[3] ?? match[5], range: { offset: match.index, length: match[0].length },
  })).filter(({ name }) => !/^\d/.test(name));
}

/** Puts values in place of variables, as Grafana does before it asks. @param lookup undefined: the text stays as it is */
export function interpolate(text: string, lookup: (mention: Mention) => string | undefined): Interpolated {
  const pieces: { readonly from: number; readonly to: number; readonly source: TextRange }[] = [];
  let [made, last] = ['', 0];
  for (const mention of findMentions(text)) {
    const value = lookup(mention);
    if (value === undefined) continue;
    made += text.slice(last, mention.range.offset);
    pieces.push({ from: made.length, to: made.length + value.length, source: mention.range });
    made += value;
    last = mention.range.offset + mention.range.length;
  }
  const toSourceOffset = (offset: number, isEnd: boolean): number => {
    let shift = 0;
    for (const { from, to, source } of pieces) {
      if (offset < from || (isEnd && offset === from)) break;
      if (offset < to || (isEnd && offset === to)) return isEnd ? source.offset + source.length : source.offset;
      shift = source.offset + source.length - to;
    }
    return offset + shift;
  };
  return {
    text: made + text.slice(last),
    toSource: ({ offset, length }) => {
      const start = toSourceOffset(offset, false);
      return { offset: start, length: Math.max(1, toSourceOffset(offset + length, true) - start) };
    },
  };
}

const SPECIAL = /[$^*{}[\]'+?.()|]/g;

/** A variable's value as it comes to stand in a query. */
export function formatHeld({ values, isMany, verbatim }: Held, format: string | undefined, language: QueryLanguage): string {
  if (verbatim !== undefined) return verbatim;
  const [first = ''] = values;
  switch (format) {
    case undefined: break;
    case 'regex': return joinAlternatives(values.map((value) => value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')));
    case 'pipe': return values.join('|');
    case 'doublequote': return values.map((value) => `"${value}"`).join(',');
    case 'singlequote': return values.map((value) => `'${value}'`).join(',');
    case 'glob': return values.length === 1 ? first : `{${values.join(',')}}`;
    default: return values.join(',');
  }
  if (language === 'jaeger') return values.length === 1 ? first : `{${values.join(',')}}`;
  // One backslash for the string, one for the regular expression in it.
  if (!isMany) return first.replaceAll('\\', '\\\\');
  const escaped = values.map((value) => value.replaceAll('\\', '\\\\\\\\').replace(SPECIAL, '\\\\$&'));
  return language === 'logql' ? escaped.join('|') : joinAlternatives(escaped);
}

function joinAlternatives(values: readonly string[]): string {
  return values.length === 1 ? values[0] ?? '' : `(${values.join('|')})`;
}
