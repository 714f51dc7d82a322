import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { presentTools } from '../../harness/scan-command.ts';
import { scan } from '../../harness/scan/command.ts';
import type { ScanReport, ScanVerdict } from '../../harness/scan/model.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = join(import.meta.dirname, 'fixtures');

/** `want passed <kind>`, `want unknown "words" [warns <rule>]`, `want failed <rule> at "text"`: of the sample before it. */
interface Want {
  readonly file: string;
  readonly line: number;
  readonly words: string;
}
const files = readdirSync(folder).filter((name) => /\.mdx?$/.test(name)).sort();
const wants = files.flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').flatMap((row, index): Want[] => {
  const words = /(?:<!--|\{\/\*)\s*want (.*?)\s*(?:-->|\*\/\})/.exec(row)?.[1];
  return words === undefined ? [] : [{ file, line: index + 1, words }];
}));

let report: ScanReport;
beforeAll(async () => {
  report = await scan([folder], { root, folder, tool: presentTools(root), signal: new AbortController().signal });
});

function sampleOf({ file, line }: Want): ScanVerdict {
  const found = report.verdicts.findLast(({ sample }) => sample.block.page === file && sample.block.fence.start.line < line);
  if (found === undefined) throw new Error(`${file}:${line} wants something of a sample, and there is none above it`);
  return found;
}

function sourceAt(file: string, { line, column }: { readonly line: number; readonly column: number }): string {
  return (readFileSync(join(folder, file), 'utf8').split('\n')[line - 1] ?? '').slice(column - 1);
}

test('nothing breaks, and every program is here', () => {
  expect(report.errors).toEqual([]);
  expect(report.tools.missing).toEqual([]);
});

describe.each(files.filter((file) => wants.some((want) => want.file === file)))('%s', (file) => {
  const own = wants.filter((want) => want.file === file);
  test.each(own.map((want) => [`${want.line}: ${want.words}`, want] as const))('%s', (_name, want) => {
    const { verdict, guesses, reason, diagnostics } = sampleOf(want);
    const [, kind = '', rest = ''] = /^(\w+)\s*(.*)$/.exec(want.words) ?? [];
    const said = JSON.stringify({ verdict, reason, guesses, diagnostics: diagnostics.map(({ ruleId, message, place }) => [ruleId, place.start, message]) });
    expect(verdict, said).toBe(kind);
    if (kind === 'passed') expect(guesses.map((one) => one.kind), said).toContain(rest);
    if (kind === 'unknown') {
      const [, words = '', , rule] = /^"(.*?)"( warns (\S+))?$/.exec(rest) ?? [];
      expect(reason, said).toContain(words);
      expect(diagnostics.map(({ ruleId }) => ruleId)).toEqual(rule === undefined ? diagnostics.filter(({ ruleId }) => ruleId === 'scan/wrong-tag').map(({ ruleId }) => ruleId) : [rule]);
    }
    if (kind === 'failed') {
      const [, rule, text = ''] = /^(\S+) at "(.*)"$/.exec(rest) ?? [];
      const found = diagnostics.filter(({ ruleId }) => ruleId === rule);
      expect(found.length, said).toBeGreaterThan(0);
      expect(found.some(({ place }) => sourceAt(file, place.start).startsWith(text.replaceAll('\\"', '"'))), said).toBe(true);
    }
  });
});

test('every sample of the fixtures is wanted to be something', () => {
  const named = new Set(wants.map((want) => sampleOf(want).sample.block.id));
  const left = report.verdicts.filter(({ sample }) => !named.has(sample.block.id) && !['flipped.md', 'unclosed.md'].includes(sample.block.page));
  expect(left.map(({ sample }) => `${sample.block.page}:${sample.block.fence.start.line}`)).toEqual([]);
});

test('behind a flipped fence nothing without a tag is judged; what is never closed is said to be so', () => {
  const verdicts = (page: string) => report.verdicts.filter(({ sample }) => sample.block.page === page).map(({ verdict, diagnostics }) => [verdict, ...diagnostics.map(({ ruleId }) => ruleId)]);
  expect(verdicts('flipped.md')[0]).toEqual(['failed', 'scan/flipped-fence']);
  expect(verdicts('flipped.md').slice(1).filter(([verdict]) => verdict === 'failed')).toEqual([]);
  expect(verdicts('unclosed.md')).toEqual([['unknown', 'scan/unclosed-fence']]);
});
