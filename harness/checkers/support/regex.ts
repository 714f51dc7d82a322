/** What Go's expressions have and JavaScript reads as something else. */
const ONLY_GO = /\[:\^?\w+:\]|\\[pPQEAzCaU]|\(\?[a-zA-Z]*U/;

/** Go's syntax as JavaScript's; undefined where JavaScript cannot say it. */
export function toRegex(pattern: string, isAnchored: boolean): RegExp | undefined {
  const flags = /^\(\?([is]+)\)/.exec(pattern);
  const body = flags === null ? pattern : pattern.slice(flags[0].length);
  if (ONLY_GO.test(body)) return undefined;
  try {
    return new RegExp(isAnchored ? `^(?:${body})$` : body, flags?.[1] ?? '');
  } catch {
    return undefined;
  }
}

/**
 * For `=~`, which Prometheus and Loki anchor at both ends: the next step, where it matches no value but parts of some.
 * @returns undefined when it matches one, or no part of any, or what has no value at all
 */
export function explainAnchors(pattern: string, values: Iterable<string>, backend: 'Prometheus' | 'Loki'): string | undefined {
  const [whole, part] = [toRegex(pattern, true), toRegex(pattern, false)];
  const all = [...values];
  if (whole === undefined || part === undefined || ['', ...all].some((value) => whole.test(value))) return undefined;
  const partly = all.filter((value) => part.test(value)).sort();
  if (partly.length === 0) return undefined;
  const body = pattern.includes('|') ? `(${pattern})` : pattern;
  return `${backend} anchors the expression at both ends. Write \`.*${body}.*\`, which matches ${partly.slice(0, 3).map((value) => `\`${value}\``).join(', ')}.`;
}
