import type { Entry, FluentFile, FluentProblem, Section } from './section.ts';

interface Open extends Omit<Section, 'entries'> {
  readonly entries: Entry[];
}

/** Fluent Bit's classic form: sections in brackets, one `Key value` a line. */
export function readClassic(text: string): FluentFile {
  const sections: Open[] = [];
  const problems: FluentProblem[] = [];
  let includes = false;
  let offset = 0;
  for (const line of text.split('\n')) {
    const at = offset + (line.length - line.trimStart().length);
    const content = line.trim();
    offset += line.length + 1;
    if (content === '' || content.startsWith('#')) continue;
    if (/^@include\b/i.test(content)) includes = true;
    if (content.startsWith('@')) continue;
    if (content.startsWith('[')) openSection(content, at, sections, problems);
    else readEntry(content, at, sections.at(-1), problems);
  }
  return { sections, problems, includes };
}

function openSection(content: string, at: number, sections: Open[], problems: FluentProblem[]): void {
  const name = content.replace(/^\[|\].*$/g, '').trim();
  const range = { offset: at, length: content.length };
  if (!content.includes(']')) problems.push({ rule: 'syntax-error', range, message: `Found a section without its closing bracket. Write \`[${name}]\`.` });
  sections.push({ name, argument: '', argumentRange: range, range, entries: [], sections: [] });
}

function readEntry(content: string, at: number, section: Open | undefined, problems: FluentProblem[]): void {
  const [, key = '', gap = '', value = ''] = /^(\S+)(\s*)(.*)$/.exec(content) ?? [];
  if (section === undefined) {
    problems.push({ rule: 'syntax-error', range: { offset: at, length: content.length }, message: `Found \`${key}\` above the first section, expected a section such as \`[SERVICE]\` first. Write it above.` });
    return;
  }
  const keyRange = { offset: at, length: key.length };
  if (value === '') problems.push({ rule: 'syntax-error', range: keyRange, message: `Found \`${key}\` without a value, expected one behind it. Write it, or remove the line.` });
  section.entries.push({ key, keyRange, value, valueRange: value === '' ? keyRange : { offset: at + key.length + gap.length, length: value.length } });
}
