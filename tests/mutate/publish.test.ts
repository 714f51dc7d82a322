import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openCourse } from '../../docs/plugins/course.ts';
import { describeMutants, renderMutations } from '../../docs/plugins/mutations.ts';
import { MUTATIONS_FILE, type PublishedMutations } from '../../harness/model/mutations.ts';
import { publish, toPublishedJson, type PageState } from '../../harness/mutate/publish.ts';
import type { Judged, Outcome } from '../../harness/mutate/outcome.ts';
import { listPages } from '../../harness/pages.ts';
import { hashBlocks, parsePage } from '../../harness/parse/index.ts';
import { makeBlock } from './support.ts';

const root = resolve(import.meta.dirname, '../..');
const how = { seed: '1', perFault: 2, perService: 2 };
const judged = (page: string, outcome: Outcome): Judged => {
  const block = { ...makeBlock('up'), page };
  return { mutant: { id: `${page}#block m`, block, kind: 'promql', fault: 'unit', place: block.fence, from: 'a', to: 'b', text: 'b' }, outcome, advice: undefined };
};
const caught: Outcome = { kind: 'caught', depth: 'expect', rule: 'answer/empty', message: '', by: 'x' };
const states = new Map<string, PageState>([['a', { blocksSha256: 'aa', blocks: 3 }], ['b', { blocksSha256: 'bb', blocks: 4 }]]);
const first = publish({ judged: [judged('a', caught), judged('a', { kind: 'survived' }), judged('b', { kind: 'differs' })] }, ['a', 'b'], states, how, undefined);

test('says of each page what its blocks were and how their mutants fared', () => {
  expect(first.pages).toEqual([
    { page: 'a', blocksSha256: 'aa', blocks: 3, kinds: [{ kind: 'promql', mutants: 2, caught: 1, atDepth: { parse: 0, type: 0, load: 0, expect: 1, behaviour: 0 }, differs: 0, survived: 1, equivalent: 0 }] },
    { page: 'b', blocksSha256: 'bb', blocks: 4, kinds: [expect.objectContaining({ mutants: 1, differs: 1 })] },
  ]);
});

test('one page again leaves the others; another way of measuring, or a page that is gone, leaves nothing', () => {
  const again = publish({ judged: [judged('b', caught)] }, ['b'], new Map([...states, ['b', { blocksSha256: 'cc', blocks: 5 }]]), how, first);
  expect(again.pages).toMatchObject([first.pages[0], { page: 'b', blocksSha256: 'cc', kinds: [{ caught: 1 }] }]);
  expect(publish({ judged: [] }, ['b'], states, { ...how, seed: '2' }, first).pages.map(({ page }) => page)).toEqual(['b']);
  expect(publish({ judged: [] }, [], new Map([...states].slice(1)), how, first).pages.map(({ page }) => page)).toEqual(['b']);
  expect(JSON.parse(toPublishedJson(first))).toEqual(first);
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mutations-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const PAGE = '---\ntitle: Windows\n---\n\n```promql name=a dataset=healthy\nrate(x[5m])\n```\n';

test('the site says what is measured, and what has changed since', () => {
  const small = makeFolder();
  const write = (path: string, text: string): void => { mkdirSync(dirname(join(small, path)), { recursive: true }); writeFileSync(join(small, path), text); };
  const file = 'docs/content/docs/day-1/windows.mdx';
  write(file, PAGE);
  write('docs/outline.yml', 'day-1: { title: Day 1, parts: [] }\n');
  const page = parsePage({ root: small, file });
  const { pages } = publish({ judged: [judged(page.id, caught), judged(page.id, { kind: 'survived' })] }, [page.id], new Map([[page.id, { blocksSha256: hashBlocks(page), blocks: 1 }]]), how, undefined);
  write(MUTATIONS_FILE, toPublishedJson({ formatVersion: 1, ...how, pages }));
  expect(describeMutants(openCourse(small))).toEqual({ 'day-1/windows': 'Of 2 mistakes made on purpose in the blocks of this page, a check catches 1.' });
  expect(renderMutations(openCourse(small))).toMatch(/Measured on 1 blocks of 1 pages, of which all are as they are today.*<td>promql<\/td><td>2<\/td><td>1<\/td>.*<td>50 %<\/td>/s);
  write(file, PAGE.replace('5m', '7m'));
  expect(describeMutants(openCourse(small))).toEqual({});
  expect(renderMutations(openCourse(small))).toMatch(/of which 0 are as they are today.*Windows<\/a> \(its blocks have changed since\)/s);
});

const INCIDENT = 'title: A lag\nstory: It was slow.\nexpectations:\n  - {claim: It is slow., name: slow, signal: metrics, visible: true, proven: dataset, query: latency > 1, at: "14:10", expect: value > 1}\n';

test('incidents have tables of their own, and count in no other', () => {
  const small = makeFolder();
  const write = (path: string, text: string): void => { mkdirSync(dirname(join(small, path)), { recursive: true }); writeFileSync(join(small, path), text); };
  write('docs/content/docs/day-1/windows.mdx', PAGE);
  write('docs/outline.yml', 'day-1: { title: Day 1, parts: [] }\n');
  write('snippets/incidents/lag.yaml', INCIDENT);
  const states = new Map(listPages(small).map((file) => parsePage({ root: small, file })).map((page) => [page.id, { blocksSha256: hashBlocks(page), blocks: page.blocks.length }]));
  expect([...states.keys()]).toEqual(['day-1/windows', 'incidents/lag']);
  write(MUTATIONS_FILE, toPublishedJson(publish({ judged: [judged('day-1/windows', caught), judged('incidents/lag', { kind: 'survived' })] }, [...states.keys()], states, how, undefined)));
  const [lessons = '', incidents = ''] = renderMutations(openCourse(small)).split('<h2 id="incidents">');
  expect(lessons).toMatch(/blocks of 1 pages.*<td>promql<\/td><td>1<\/td><td>1<\/td>/s);
  expect(lessons).not.toContain('/incidents/');
  expect(incidents).toMatch(/blocks of 1 incidents, of which all are.*<td>promql<\/td><td>1<\/td><td>0<\/td>.*href="\/incidents\/lag\/">A lag<\/a>/s);
});

test('what is published is of pages that there are, and adds up', () => {
  const file = join(root, MUTATIONS_FILE);
  expect(existsSync(file)).toBe(true);
  const published = JSON.parse(readFileSync(file, 'utf8')) as PublishedMutations;
  expect(toPublishedJson(published)).toBe(readFileSync(file, 'utf8'));
  const known = new Set(listPages(root).map((path) => path.replace(/^docs\/content\/docs\/|^snippets\/|\.(?:mdx|yaml)$/g, '')));
  expect(published.pages.map(({ page }) => page).filter((page) => !known.has(page))).toEqual([]);
  for (const { page, kinds } of published.pages) {
    for (const { kind, mutants, caught: told, atDepth, differs, survived, equivalent } of kinds) {
      expect([told + differs + survived + equivalent, Object.values(atDepth).reduce((sum, count) => sum + count, 0)], `${kind} of ${page}`).toEqual([mutants, told]);
    }
  }
});
