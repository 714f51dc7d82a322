/** What a source calls its records. `*` in it stands for a path, which nobody knows. */
export function fitsBit(pattern: string, tag: string): boolean {
  return overlaps(pattern, tag, (text) => `^${text.split('*').map(escape).join('.*')}$`);
}

/** Fluentd's patterns: several with spaces, `*` one part, `**` any number of parts, `{a,b}` either. */
export function fitsFluentd(patterns: string, tag: string): boolean {
  return patterns.split(/\s+/).some((pattern) => overlaps(pattern, tag, toFluentdSource));
}

function toFluentdSource(pattern: string): string {
  let source = '';
  for (let at = 0; at < pattern.length;) {
    const rest = pattern.slice(at);
    const token = /^(?:\.\*\*|\*\*\.?|\*|\{[^}]*\}|[^*{.]+|.)/.exec(rest)?.[0] ?? rest;
    at += token.length;
    if (token === '.**') source += '(?:\\..*)?';
    else if (token.startsWith('**')) source += token === '**' ? '.*' : '(?:.*\\.)?';
    else if (token === '*') source += '[^.]+';
    else if (token.startsWith('{') && token.endsWith('}')) source += `(?:${token.slice(1, -1).split(',').map((one) => toFluentdSource(one.trim()).slice(1, -1)).join('|')})`;
    else source += escape(token);
  }
  return `^${source}$`;
}

/** A tag with a wildcard of its own fits wherever both could be the same up to it. */
function overlaps(pattern: string, tag: string, toSource: (pattern: string) => string): boolean {
  if (!tag.includes('*')) return new RegExp(toSource(pattern)).test(tag);
  const [known = ''] = tag.split('*');
  const [literal = ''] = pattern.split(/[*{]/);
  return known.startsWith(literal) || literal.startsWith(known);
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
