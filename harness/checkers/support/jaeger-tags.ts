import { parseTree, type Node, type ParseError } from 'jsonc-parser';
import type { SpanIndex } from './field-index.ts';
import { hintAt } from './suggest.ts';

export interface TagMistake {
  readonly rule: 'bad-tags' | 'error-tag' | 'unknown-tag' | 'unknown-tag-value';
  /** Within the value of `tags=`. */
  readonly offset: number;
  readonly length: number;
  readonly message: string;
}

/** The value of `tags=`: a JSON object of strings, as `/api/traces` takes it. @param index undefined: names are not looked up */
export function checkTags(value: string, index: SpanIndex | undefined): TagMistake[] {
  const errors: ParseError[] = [];
  const root = parseTree(value, errors, { disallowComments: true });
  const [error] = errors;
  if (error !== undefined || root?.type !== 'object') {
    const place = error === undefined || !value.startsWith('{') ? { offset: 0, length: value.length } : { offset: error.offset, length: error.length };
    const why = error !== undefined && value.startsWith('{') ? `: ${/,\s*\}$/.test(value) ? 'no comma stands after the last' : 'it stops being one here'}` : '';
    return [{ rule: 'bad-tags', ...place, message: `Found tags=${value}, expected a JSON object of strings${why}. Write tags=${asJson(value)}.` }];
  }
  return (root.children ?? []).flatMap((property) => {
    const [key, content] = property.children ?? [];
    return key === undefined || content === undefined ? [] : checkTag(key, content, index);
  });
}

function checkTag(key: Node, content: Node, index: SpanIndex | undefined): TagMistake[] {
  const name = String(key.value);
  if (name === 'error') {
    return [{ rule: 'error-tag', offset: key.offset, length: content.offset + content.length - key.offset, message: 'Found the tag `error`, expected another way to select errors: Jaeger\'s memory store answers it with spans whose status is OK. Use `error.type` or `http.response.status_code`.' }];
  }
  if (content.type !== 'string') {
    return [{ rule: 'bad-tags', offset: content.offset, length: content.length, message: `Found a ${content.type} for \`${name}\`, expected a string: Jaeger refuses anything else. Write ${JSON.stringify(String(content.value))}.` }];
  }
  if (index === undefined) return [];
  const values = index.tags.get(name);
  if (values === undefined) return [{ rule: 'unknown-tag', offset: key.offset, length: key.length, message: `Found the tag \`${name}\`, expected one that spans of ${index.owner} have.${hintAt(name, index.tags.keys(), 12)}` }];
  if (values.has(String(content.value))) return [];
  const hint = values.size > 200 ? ` It has ${values.size} other values.` : hintAt(String(content.value), values);
  return [{ rule: 'unknown-tag-value', offset: content.offset, length: content.length, message: `Found ${name}="${String(content.value)}", which no span of ${index.owner} has.${hint}` }];
}

/** `user.role=vip` as the JSON that it should have been. */
function asJson(value: string): string {
  const pairs = [...value.matchAll(/([\w.]+)=("[^"]*"|\S+)/g)].map(([, key, text]) => [key, (text ?? '').replace(/^"|"$/g, '')] as const);
  return pairs.length === 0 || value.startsWith('{') ? '{"user.role":"vip"}' : JSON.stringify(Object.fromEntries(pairs));
}
