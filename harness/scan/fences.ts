/** What opens a sample: how it ends, and what its lines lose at their beginning. */
export interface Opening {
  readonly container: 'fence' | 'html' | 'shortcode';
  readonly info: string;
  /** Columns that list items, quotes and indentation take. */
  readonly indent: number;
  /** How many `>` stand before each of its lines. */
  readonly quotes: number;
  /** The marks of a fence: as many of them, or more, close it. */
  readonly marks: string;
  /** Text of its own after the opening, on the same line. */
  readonly rest: string;
}

const FENCE = /^((?:[ \t]|>|[-*+][ \t]+|\d{1,9}[.)][ \t]+)*)(`{3,}|~{3,})([^\n]*)$/;
/** Other ways to show code, with what ends them: HTML, Hugo's and Jekyll's `highlight`. */
const OTHERS: readonly { readonly opens: RegExp; readonly container: 'html' | 'shortcode' }[] = [
  { opens: /^([ \t]*)<pre[^>]*>\s*<code[^>]*?class="[^"]*?lang(?:uage)?-([\w+-]+)[^"]*"[^>]*>(.*)$/i, container: 'html' },
  { opens: /^([ \t]*)\{\{[<%]\s*highlight\s+"?([\w+-]+)"?[^>%]*[>%]\}\}(.*)$/, container: 'shortcode' },
  { opens: /^([ \t]*)\{%-?\s*highlight\s+([\w+-]+)[^%]*%\}(.*)$/, container: 'shortcode' },
];
const OTHER_END = /<\/code>|<\/pre>|\{\{[<%]\s*\/\s*highlight\s*[>%]\}\}|\{%-?\s*endhighlight/i;

/**
 * The opening of a sample, in any container: of lists and quotes only as much is understood as its lines lose at their beginning.
 * Dialects differ on what four spaces mean (code to CommonMark, a tab's content to MkDocs, nothing to MDX); a fence is a fence to all readers.
 */
export function readOpening(line: string): Opening | undefined {
  const fence = FENCE.exec(line);
  if (fence !== null) {
    const [, prefix = '', marks = '', info = ''] = fence;
    if (marks.startsWith('`') && info.includes('`')) return undefined;
    const quotes = (prefix.match(/>/g) ?? []).length;
    const inner = quotes === 0 ? prefix : prefix.slice(prefix.lastIndexOf('>') + 1).replace(/^ /, '');
    return { container: 'fence', info: info.trim(), indent: inner.length, quotes, marks, rest: '' };
  }
  for (const { opens, container } of OTHERS) {
    const match = opens.exec(line);
    if (match !== null) return { container, info: match[2] ?? '', indent: (match[1] ?? '').length, quotes: 0, marks: '', rest: match[3] ?? '' };
  }
  return undefined;
}

/** Whether a line ends what was opened; `end: before` when it ends because its quote does, so that the line is prose again. */
export function readClosing(line: string, opening: Opening): 'closes' | 'before' | undefined {
  if (opening.container !== 'fence') return OTHER_END.test(line) ? 'closes' : undefined;
  const bare = opening.quotes === 0 ? line : stripQuotes(line, opening.quotes);
  if (bare === undefined) return 'before';
  const mark = opening.marks[0] ?? '`';
  const closing = /^([ \t]*)(`{3,}|~{3,})[ \t]*$/.exec(bare);
  if (closing === null || !(closing[2] ?? '').startsWith(mark) || (closing[2] ?? '').length < opening.marks.length) return undefined;
  return (closing[1] ?? '').length - opening.indent <= 3 ? 'closes' : undefined;
}

function stripQuotes(line: string, depth: number): string | undefined {
  let rest = line;
  for (let at = 0; at < depth; at += 1) {
    const match = /^[ \t]*> ?/.exec(rest);
    if (match === null) return undefined;
    rest = rest.slice(match[0].length);
  }
  return rest;
}

/** A line of a sample without what its containers put before it, and how much that was. */
export function stripLine(line: string, { quotes, indent }: Opening): { readonly text: string; readonly column: number } {
  const bare = quotes === 0 ? line : stripQuotes(line, quotes) ?? line;
  const blank = /^[ \t]*/.exec(bare)?.[0].length ?? 0;
  const text = bare.slice(Math.min(blank, indent));
  return { text, column: line.length - text.length + 1 };
}

/** Tag, title and what else an info string says, in the spellings of Hugo, Docusaurus, MkDocs, Jekyll, Pandoc and R Markdown. */
export function readInfo(info: string): { readonly tag: string; readonly title: string | undefined } {
  const title = /(?:^|[\s{,])(?:title|filename|file|name)\s*[=:]\s*(?:"([^"]*)"|'([^']*)'|([^\s,}]+))/i.exec(info);
  const braces = /^\{\s*(?:\.|language-)?([A-Za-z][\w+#-]*)/.exec(info);
  const plain = /^(?:language-|lang-|\.)?([A-Za-z][\w+#.-]*)/.exec(info);
  const written = braces?.[1] ?? (/^[\w-]+=/.test(info) ? '' : plain?.[1]) ?? '';
  const colon = /^[A-Za-z][\w+#-]*:([^\s{]+\.[\w]+)/.exec(info);
  const tag = written.replace(/\.$/, '').toLowerCase();
  return { tag: ALIASES[tag] ?? tag, title: title?.[1] ?? title?.[2] ?? title?.[3] ?? colon?.[1] };
}

const ALIASES: Readonly<Record<string, string>> = {
  yml: 'yaml', bash: 'sh', shell: 'sh', zsh: 'sh', console: 'sh', terminal: 'sh', 'shell-session': 'sh', shellsession: 'sh', shellscript: 'sh', 'sh-session': 'sh', 'bash-session': 'sh', ts: 'typescript', py: 'python', python3: 'python',
  'promql-grafana': 'promql', ndjson: 'jsonl', 'json-lines': 'jsonl', plaintext: 'text', plain: 'text', txt: 'text', none: 'text', md: 'markdown',
};
