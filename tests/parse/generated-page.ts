import fc from 'fast-check';

/** A generated page and what its author meant: the oracle of the properties. */
export interface GeneratedPage {
  readonly source: string;
  readonly blocks: readonly { readonly language: string; readonly text: string; readonly shown: string }[];
}
interface Part {
  readonly lines: readonly string[];
  readonly blocks: GeneratedPage['blocks'];
}

const lineText = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'ab{}<>()=:"\'*_-+#|/\\ 1.é日😀e\u0301\u200D') }),
  fc.constantFrom('', '    indented', '\ttab', 'a\tb', '- not a list', '> not a quote', '``', '{/*', '</Box>', ':::', '---', 'import x', '日本語 😀'),
);
const hidden = fc.constantFrom('//| ', '#| ');

const fence: fc.Arbitrary<Part> = fc.record({
  marks: fc.constantFrom('```', '````', '~~~', '~~~~~'),
  language: fc.constantFrom('ts', 'promql', 'json'),
  meta: fc.constantFrom('', ' empty', ' {2-4}', ' expect="all > 2"'),
  lines: fc.array(fc.record({ text: lineText, marker: fc.option(hidden, { nil: '', freq: 3 }) }), { minLength: 1, maxLength: 6 }),
}).map(({ marks, language, meta, lines }) => {
  // What begins with a marker by chance, or looks like one, is a hidden line or a diagnostic: other tests' business.
  const plain = lines.map((line) => ({ ...line, text: line.text.replaceAll('|', '!') }));
  const shown = plain.filter((line) => line.marker === '');
  return {
    lines: [`${marks}${language}${meta}`, ...plain.map((line) => line.marker + line.text), marks],
    blocks: [{ language, text: joinTexts(plain), shown: joinTexts(shown) }],
  };
});

const prose: fc.Arbitrary<Part> = fc.constantFrom(['A sentence.'], ['# Heading'], ['{/* a comment */}'], ['| a | b |', '| - | - |', '| 1 | 2 |'], ['Two', 'lines with 日本 and 😀.'])
  .map((lines) => ({ lines, blocks: [] }));

/** Containers around a part. Each says how its first and its other lines begin. */
const containers = fc.constantFrom<(part: Part) => Part>(
  (part) => wrap(part, '- ', '  '),
  (part) => wrap(part, '1. ', '   '),
  (part) => wrap(part, '-   ', '    '),
  (part) => ({ ...part, lines: part.lines.map((line) => `> ${line}`) }),
  (part) => ({ ...part, lines: part.lines.map((line) => (line === '' ? '>' : `> ${line}`)) }),
  (part) => ({ ...part, lines: ['<Box>', '', ...indent(part.lines, '  '), '', '</Box>'] }),
  (part) => ({ ...part, lines: ['<Box label="x">', ...indent(part.lines, '    '), '</Box>'] }),
  (part) => ({ ...part, lines: [':::note', '', ...part.lines, '', ':::'] }),
);

function wrap(part: Part, first: string, other: string): Part {
  const [head = '', ...rest] = part.lines;
  return { ...part, lines: [first + head, ...indent(rest, other)] };
}

/** Blank lines stay blank, as editors leave them. */
function indent(lines: readonly string[], by: string): string[] {
  return lines.map((line) => (line === '' ? '' : by + line));
}

function joinTexts(lines: readonly { readonly text: string }[]): string {
  return lines.map((line) => line.text).join('\n');
}

const part: fc.Arbitrary<Part> = fc.tuple(fc.oneof({ weight: 3, arbitrary: fence }, prose), fc.array(containers, { maxLength: 3 }))
  .map(([inner, around]) => around.reduce((wrapped, container) => container(wrapped), inner));

/** Pages of fences in lists, quotes, JSX and asides, with every line ending, with or without frontmatter and mark. */
export const generatedPage: fc.Arbitrary<GeneratedPage> = fc.record({
  parts: fc.array(part, { minLength: 1, maxLength: 5 }),
  ending: fc.constantFrom('\n', '\r\n', '\r'),
  mark: fc.constantFrom('', '\uFEFF'),
  frontmatter: fc.constantFrom<readonly string[]>([], ['---', 'title: a', '---', '']),
}).map(({ parts, ending, mark, frontmatter }) => ({
  source: mark + [...frontmatter, ...parts.flatMap(({ lines }) => [...lines, '', '{/* next */}', ''])].join(ending),
  blocks: parts.flatMap(({ blocks }) => blocks),
}));

/** Pages whose indentation may be tabs: which of them can be mapped is the parser's to say. */
export const tabbedPage: fc.Arbitrary<string> = fc.tuple(
  fence,
  fc.constantFrom<readonly [first: string, other: string]>(
    ['', ''], ['', '\t'], ['  ', '\t'], ['\t', '\t'], ['- ', '\t'], ['-\t', '\t'], ['1.\t', '\t'], ['\t- ', '\t\t'], ['- ', ' \t'],
    ['> ', '> '], ['>\t', '>\t'], ['> ', '>\t'], ['>\t', '> '], ['> - ', '> \t'], ['> - ', '>\t'],
  ),
  fc.array(fc.constantFrom('', ' ', '\t'), { minLength: 9, maxLength: 9 }),
).map(([{ lines }, [first, other], more]) => {
  const last = lines.length - 1;
  return lines.map((line, index) => (index === 0 ? first : other + (index === last ? '' : more[index] ?? '')) + line).join('\n');
});
