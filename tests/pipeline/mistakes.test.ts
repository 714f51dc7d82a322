import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkers } from '../../harness/checkers/index.ts';
import { makeCourse, repository } from '../support/course.ts';

/** Pages of typical mistakes, as a contributor makes them. Each says behind its block what is found, and where on the page. */
const folder = join(repository, 'tests/pipeline/mistakes');
const names = readdirSync(folder).map((file) => file.replace(/\.mdx$/, '')).sort();
const sources = new Map(names.map((name) => [name, readFileSync(join(folder, `${name}.mdx`), 'utf8')]));

interface ReportedDiagnostic {
  readonly ruleId: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
interface Said {
  readonly at: string;
  readonly words: string;
}
const NOTE = /\{\/\* finds (\S+) at (\d+:\d+) "(.*)" \*\/\}/;

function readNotes(source: string): Said[] {
  return source.split('\n').flatMap((line) => {
    const [, rule, at, words] = NOTE.exec(line) ?? [];
    if (rule === undefined && line.includes('{/*')) throw new Error(`no note: ${line}`);
    return rule === undefined ? [] : [{ at: `${at} ${rule}`, words: words ?? '' }];
  });
}

let found = new Map<string, Said[]>();
beforeAll(async () => {
  using course = makeCourse(Object.fromEntries(sources));
  const { code, stdout, stderr } = await course.run(['check', '--no-cache', '--report', 'json']);
  expect(code, stderr + stdout.slice(0, 2000)).toBe(1);
  const report = JSON.parse(stdout) as { pageDiagnostics: ReportedDiagnostic[]; blocks: { diagnostics: ReportedDiagnostic[] }[] };
  const all = [...report.pageDiagnostics, ...report.blocks.flatMap(({ diagnostics }) => diagnostics)];
  // A mistake of the page fails each block that it concerns; it is one finding, as the terminal shows it.
  const distinct = [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
  found = Map.groupBy(distinct.map(({ file, line, column, ruleId, message }) => ({
    page: file.replace(/^docs\/content\/docs\/|\.mdx$/g, ''), at: `${line}:${column} ${ruleId}`, words: message,
  })), ({ page }) => page);
});

const places = (said: readonly Said[]): string[] => said.map(({ at }) => at).sort();

describe.each(names)('%s', (name) => {
  const wanted = readNotes(sources.get(name) ?? '');
  it('finds each mistake once, at its line and column, and nothing else', () => {
    expect(places(found.get(name) ?? [])).toEqual(places(wanted));
  });
  it('says it in the words wanted, and ends with what to do', () => {
    for (const { at, words } of found.get(name) ?? []) {
      const same = wanted.filter((each) => each.at === at);
      expect(same.some((each) => words.includes(each.words)), `${at} ${words}`).toBe(true);
      expect(words).toMatch(/[.?]$/);
    }
  });
});

it('has at least three mistakes for every kind of block, in a list, in a quote and in a hidden line too', () => {
  const kinds = [...checkers.map((checker) => checker.name), 'jsonl', 'page'];
  const few = kinds.filter((kind) => names.filter((name) => name === kind || name.startsWith(`${kind}-`)).flatMap((name) => readNotes(sources.get(name) ?? '')).length < 3);
  expect(few).toEqual([]);
  const onHiddenLines = [...sources.values()].flatMap((source) => readNotes(source).filter(({ at }) => /^(?:> |\s*)(?:#|\/\/)\| /.test(source.split('\n')[Number.parseInt(at, 10) - 1] ?? '')));
  expect(onHiddenLines.length).toBeGreaterThanOrEqual(6);
  for (const checker of checkers) {
    const notes = (sources.get(checker.name) ?? '').split('\n').filter((line) => NOTE.test(line));
    expect(notes.some((line) => /^ +\{/.test(line)), `${checker.name} in a list`).toBe(true);
    expect(notes.some((line) => line.startsWith('> ')), `${checker.name} in a quote`).toBe(true);
  }
});
