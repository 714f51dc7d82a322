import { split } from 'shlex';

/** A file that is checked and not started, and why: a part of a sentence. */
export class Untried extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

/** The words of a command line, as a shell parts them. @throws Untried where a quote is never closed */
export function splitWords(line: string): string[] {
  try {
    return split(line);
  } catch (cause) {
    throw new Untried(`a quote is never closed in \`${line}\` (${cause instanceof Error ? cause.message : String(cause)})`);
  }
}

/** As Compose fills in variables, of a machine that has none of them set. @throws Untried where there is no default */
export function interpolate(value: unknown): unknown {
  if (typeof value === 'string') return fillIn(value);
  if (Array.isArray(value)) return value.map(interpolate);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, interpolate(one)]));
  return value;
}

function fillIn(text: string): string {
  return text.replaceAll(/\$(?:(\$)|\{(\w+)(?:(:?[-+?])((?:[^{}]|\$\{[^{}]*\})*))?\}|(\w+))/g, (_, dollar?: string, name?: string, operator?: string, rest?: string, bare?: string) => {
    if (dollar !== undefined) return '$';
    if (operator?.endsWith('-') === true) return fillIn(rest ?? '');
    if (operator?.endsWith('+') === true) return '';
    throw new Untried(`it reads the variable \`${name ?? bare ?? ''}\`, which only the machine has on which it runs`);
  });
}
