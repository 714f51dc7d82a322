import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '../../harness/checkers/rules.ts';
import type { Finding } from '../../harness/model/checker.ts';
import { commonAttributes, parsePage } from '../../harness/parse/index.ts';
import { smallDataset } from '../checkers/small-dataset.ts';

export const root = join(import.meta.dirname, '../..');

/** What was said, and what the page wants, one line each: `name 2:8-1 error rules/x`. Messages apart, since wants name a part of them. */
export interface Checked {
  readonly found: readonly string[];
  readonly wanted: readonly string[];
  /** Wants whose words no finding at that place has. */
  readonly otherWords: readonly string[];
  readonly pageProblems: readonly string[];
}

/** Checks `fixtures/<name>` with or without promtool. Each block says `want`s or `clean` behind its fence. */
export async function checkRules(name: string, promtool: string | undefined): Promise<Checked> {
  const file = `tests/rules/fixtures/${name}`;
  const source = readFileSync(join(root, file), 'utf8');
  const page = parsePage({ root, file, source, knownAttributes: [...commonAttributes, ...rules.attributes] });
  const findings = await rules.check(page.blocks, {
    root, allBlocks: page.blocks, tool: async () => promtool,
    datasetOf: () => 'small', dataset: () => smallDataset,
  }, new AbortController().signal);
  const said = findings.map((finding) => ({ place: placeOf(finding), message: finding.message }));
  const wants = source.split('\n').flatMap((line, index) => {
    const want = /^\{\/\* want (\d+:\d+-\d+ error rules\/[\w-]+) "(.*)" \*\/\}$/.exec(line);
    const block = page.blocks.findLast((each) => each.fence.start.line < index + 1);
    return want === null ? [] : [{ place: `${block?.name} ${want[1]}`, words: want[2] ?? '' }];
  });
  const notes = source.split('\n').filter((line) => line.startsWith('{/*')).length;
  if (notes !== wants.length + source.split('{/* clean */}').length - 1) throw new Error('a note is neither a want nor clean');
  return {
    found: said.map(({ place }) => place).sort(),
    wanted: wants.map(({ place }) => place).sort(),
    otherWords: wants.filter(({ place, words }) => !said.some((one) => one.place === place && one.message.includes(words))).map(({ place, words }) => `${place} "${words}"`),
    pageProblems: page.diagnostics.map(({ message }) => message),
  };
}

function placeOf({ block, range, rule }: Finding): string {
  const before = block.text.slice(0, range.offset).split('\n');
  return `${block.name} ${before.length}:${(before.at(-1)?.length ?? 0) + 1}-${range.length} error rules/${rule}`;
}
