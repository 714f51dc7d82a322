import type { Entry, FluentFile, FluentProblem, Section } from './section.ts';

interface Open extends Omit<Section, 'entries' | 'sections'> {
  readonly entries: Entry[];
  readonly sections: Section[];
}

const MAX_DEPTH = 30;

/** Fluentd's configuration: sections as tags, one `key value` a line in them. */
export function readFluentd(text: string): FluentFile {
  const root: Open = { name: '', argument: '', argumentRange: { offset: 0, length: 0 }, range: { offset: 0, length: 0 }, entries: [], sections: [] };
  const open: Open[] = [root];
  const problems: FluentProblem[] = [];
  let includes = false;
  let offset = 0;
  for (const line of text.split('\n')) {
    const at = offset + (line.length - line.trimStart().length);
    const content = line.trim();
    offset += line.length + 1;
    if (content === '' || content.startsWith('#')) continue;
    if (/^@?include\b/.test(content)) includes = true;
    else if (/^<\/[^>]*>/.test(content)) close(content, at, open, problems);
    else if (/^<[a-zA-Z]/.test(content)) openSection(content, at, open);
    else readEntry(content, at, open.at(-1) ?? root);
  }
  for (const { name, range } of open.slice(1)) problems.push({ rule: 'syntax-error', range, message: `Found \`<${name}>\` that is never closed. Add \`</${name}>\`.` });
  return { sections: root.sections, problems, includes };
}

function openSection(content: string, at: number, open: Open[]): void {
  const [tag = content, name = '', gap = '', argument = ''] = /^<(\w+)(\s*)([^>]*)>?/.exec(content) ?? [];
  const range = { offset: at, length: tag.length };
  const section: Open = { name, argument: argument.trim(), argumentRange: argument === '' ? range : { offset: at + 1 + name.length + gap.length, length: argument.trimEnd().length }, range, entries: [], sections: [] };
  // Deeper than anybody nests, each is one that was not closed.
  if (open.length < MAX_DEPTH) open.at(-1)?.sections.push(section);
  open.push(section);
}

function close(content: string, at: number, open: Open[], problems: FluentProblem[]): void {
  const found = /^<\/(\w*)/.exec(content)?.[1] ?? '';
  const range = { offset: at, length: content.indexOf('>') + 1 };
  const current = open.at(-1)?.name ?? '';
  if (open.length === 1) {
    problems.push({ rule: 'syntax-error', range, message: `Found \`</${found}>\`, and no section is open here. Remove it.` });
    return;
  }
  if (found !== current) problems.push({ rule: 'syntax-error', range, message: `Found \`</${found}>\`, expected \`</${current}>\`: that section is open here. Close it first.` });
  open.pop();
}

function readEntry(content: string, at: number, section: Open): void {
  // A note may stand behind a value that is not quoted; `#{…}` is Ruby.
  const [, key = '', gap = '', value = ''] = /^(\S+)(\s*)((?:".*|'.*|.*?))(?:\s+#(?!\{).*)?$/.exec(content) ?? [];
  const keyRange = { offset: at, length: key.length };
  section.entries.push({ key, keyRange, value, valueRange: value === '' ? keyRange : { offset: at + key.length + gap.length, length: value.length } });
}
