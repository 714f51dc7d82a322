import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import { collectFamilies, judgeFamily } from './exposition/families.ts';
import type { Family, Format, Line, Problem } from './exposition/model.ts';
import { lintMetrics, type Lint } from './exposition/promtool.ts';
import { readLine } from './exposition/read-line.ts';
import { judgeValues } from './exposition/values.ts';
import { lineRange, wholeBlock } from './support/ranges.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'A line is not what the exposition format allows.' },
  'wrong-order': { level: 'error', summary: 'Lines of one metric do not stand together, or HELP, TYPE or UNIT come after its values.' },
  'duplicate': { level: 'error', summary: 'A series, a label or a HELP, TYPE or UNIT line stands twice.' },
  'wrong-name': { level: 'error', summary: 'A name does not suit the type or the unit of its metric.' },
  'wrong-value': { level: 'error', summary: 'A value is one that its type cannot have.' },
  'broken-histogram': { level: 'error', summary: 'The buckets of a histogram do not add up.' },
  'wrong-exemplar': { level: 'error', summary: 'An exemplar stands where none may be, or says too much.' },
  'no-eof': { level: 'error', summary: 'OpenMetrics text does not end with `# EOF`.' },
  'lint': { level: 'warning', summary: 'promtool knows a better way to name or describe the metric.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = Omit<Finding<keyof typeof rules>, 'block'>;

/** What a service answers to a scrape: `prometheus` is the text format 0.0.4, `openmetrics` OpenMetrics text 1.0. A real Prometheus scrapes it. */
export const exposition = defineChecker({
  name: 'exposition',
  languages: ['prometheus', 'openmetrics'],
  attributes: ['expect', 'rejects'],
  rules,
  backend: 'exposition',
  async check(blocks, context, signal) {
    // What Prometheus must refuse is judged by Prometheus, when run.
    const read = blocks.filter((block) => !block.attributes.has('rejects')).map((block) => ({ block, ...readBlock(block) }));
    const sound = read.filter(({ found }) => found.length === 0);
    return [...read.flatMap(({ block, found }) => found.map((one) => ({ block, ...one }))), ...await lint(sound, context, signal)];
  },
});

interface ReadBlock {
  readonly found: readonly Found[];
  readonly families: readonly Family[];
}

function readBlock(block: Block): ReadBlock {
  const format = block.language as Format;
  const { text } = block;
  if (text.trim() === '') return { found: [{ rule: 'syntax-error', range: wholeBlock(block), message: 'Found an empty block, expected what a service answers to a scrape. Write it, or remove the fence.' }], families: [] };
  const lines: Line[] = [];
  const broken: Found[] = [];
  let offset = 0;
  for (const line of text.split('\n')) {
    const one = readLine(line, offset, format);
    if (one.kind === 'broken') broken.push({ rule: 'syntax-error', range: one.range, message: one.message });
    else lines.push(one);
    offset += line.length + 1;
  }
  // A line that cannot be read may be what the others seem to lack.
  if (broken.length > 0) return { found: broken, families: [] };
  const { families, problems } = collectFamilies(lines, format);
  const order = [...(format === 'openmetrics' ? judgeEnd(lines) : []), ...problems];
  const found = [...order, ...families.flatMap((family) => judgeOne(family, format))];
  // One mistake in a name is said once, not at each of its values.
  return { found: found.filter((one, index) => found.findIndex((other) => other.range.offset === one.range.offset && other.rule === one.rule) === index), families };
}

/** What its values add up to is only looked at where they belong to it. */
function judgeOne(family: Family, format: Format): Problem[] {
  const problems = judgeFamily(family, format);
  return problems.some(({ rule }) => rule === 'wrong-name') ? problems : [...problems, ...judgeValues(family, format)];
}

function judgeEnd(lines: readonly Line[]): Problem[] {
  const last = lines.at(-1);
  const eof = lines.findIndex(({ kind }) => kind === 'eof');
  if (eof === -1) return last === undefined ? [] : [{ rule: 'no-eof', range: last.range, message: 'Found the end of the text after this line, expected `# EOF`: without it OpenMetrics takes the answer for cut off. Add it as the last line.' }];
  const after = lines[eof + 1];
  return after === undefined ? [] : [{ rule: 'no-eof', range: after.range, message: 'Found a line after `# EOF`, expected the end. Move it up, or remove it.' }];
}

async function lint(read: readonly (ReadBlock & { readonly block: Block })[], context: CheckContext, signal: AbortSignal): Promise<Finding<'lint' | 'syntax-error'>[]> {
  const blocks = read.filter(({ block, families }) => block.language === 'prometheus' && families.every(hasPlainNames));
  const promtool = blocks.length === 0 ? undefined : await context.tool('promtool');
  if (promtool === undefined) return [];
  const inputs = blocks.map(({ block, families }) => ({ text: block.text, metrics: families.map(({ name }) => name) }));
  const lints = await lintMetrics(promtool, inputs, signal);
  return lints.flatMap((one) => {
    const { block, families } = blocks[one.index] as (typeof blocks)[number];
    return [{ block, ...describeLint(one, block, families) }];
  });
}

/** promtool's lints know no quoted names, unlike Prometheus. */
function hasPlainNames({ name, samples }: Family): boolean {
  return [name, ...samples.flatMap(({ labels }) => labels.map((label) => label.name))].every((one) => /^[a-zA-Z_:][\w:]*$/.test(one));
}

function describeLint({ metric, line, words }: Lint, block: Block, families: readonly Family[]): { rule: 'lint' | 'syntax-error'; range: Found['range']; message: string } {
  if (line !== undefined) return { rule: 'syntax-error', range: lineRange(block.text, line), message: `promtool cannot read this line: ${words}. Correct it.` };
  const family = families.find(({ name }) => name === metric);
  const range = (family?.descriptors.get('TYPE') ?? family?.descriptors.get('HELP') ?? family?.samples[0])?.range ?? wholeBlock(block);
  return { rule: 'lint', range, message: `promtool says of \`${metric}\`: ${words}. ${adviseOn(metric ?? '', words)}` };
}

/** The next step for what promtool says most often. */
function adviseOn(metric: string, words: string): string {
  if (words === 'no help text') return `Add \`# HELP ${metric} …\` with what it counts or measures.`;
  if (words === 'counter metrics should have "_total" suffix') return `Rename it \`${metric}_total\`, also in its \`# HELP\` and \`# TYPE\`.`;
  return 'Rename or describe it so.';
}
