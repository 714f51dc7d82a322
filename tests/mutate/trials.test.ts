import { expect, test } from 'vitest';
import { checkers } from '../../harness/checkers/index.ts';
import type { Block, Page } from '../../harness/model/block.ts';
import type { MarkdownPage } from '../../harness/model/page-check.ts';
import type { PlannedBlock } from '../../harness/model/plan.ts';
import { checkTexts } from '../../harness/mutate-prose.ts';
import { findReaders, makeTrials, planElsewhere, type PlanOf } from '../../harness/mutate-trials.ts';
import { parsePage, suggestWord } from '../../harness/parse/index.ts';
import { makeBlock } from './support.ts';

const checker = checkers.find(({ name }) => name === 'rules') as (typeof checkers)[number];
const source = 'snippets/stack/rules/errors.rules.yml';
const plan: PlanOf = (_, blocks) => blocks.map((block): PlannedBlock => ({ block, action: block.attributes.has('no_run') ? { kind: 'check', checker } : { kind: 'run', checker, backend: 'alerting', datasets: ['healthy'] } }));
const onPage = (id: string, name: string, attributes: Record<string, string> = {}): Block => ({ ...makeBlock('for: 2m', { name, source, attributes }), id: `${id}#${name}` as Block['id'], page: id });
const pageOf = (id: string, blocks: readonly Block[]): Page => ({ id, file: `${id}.mdx`, frontmatter: {}, blocks, diagnostics: [] });
const mutantOf = (block: Block) => ({ id: 'm', block, kind: 'rules', fault: 'for', place: block.fence, from: '2m', to: '4m', text: 'for: 4m' });

test('a fault in a file reaches blocks of other pages that show it; the one that claims most is run', () => {
  const own = pageOf('a', [onPage('a', 'alert', { never: 'A' })]);
  const course = [own, pageOf('b', [onPage('b', 'few', { fires: 'A' }), onPage('b', 'other-file')].map((block) => (block.name === 'other-file' ? { ...block, source: 'snippets/x.yml' } : block))), pageOf('c', [onPage('c', 'many', { fires: 'A, A', after: '5m, 9m', quiet: 'healthy' })])];
  const elsewhere = planElsewhere(own, course, plan);
  expect(elsewhere.map(({ block, action }) => [block.id, action.kind])).toEqual([['b#few', 'run'], ['c#many', 'run']]);
  const [trial] = makeTrials([mutantOf(own.blocks[0] as Block)], own, elsewhere, plan);
  expect(trial?.planned.map(({ block, action }) => [block.id, block.text, block.source, action.kind])).toEqual([
    ['a#alert~mutant0', 'for: 4m', 'snippets/stack/rules/errors-mutant0.rules.yml', 'run'],
    ['b#few~mutant0', 'for: 4m', 'snippets/stack/rules/errors-mutant0.rules.yml', 'check'],
    ['c#many~mutant0', 'for: 4m', 'snippets/stack/rules/errors-mutant0.rules.yml', 'run'],
  ].map(([id, text, , kind]) => [id, text, trial?.planned[0]?.block.source, kind]));
});

test('a file is read by the diffs of it, and by the service that claims most of those that import it', () => {
  const block = (name: string, language: string, from: string | undefined, attributes: Record<string, string>): Block => makeBlock('', { name, language, attributes, ...(from === undefined ? {} : { source: `snippets/${from}` }) });
  const work = block('work', 'ts', 'work.ts', {});
  const page = [
    work, block('few', 'ts', 'few.ts', { scrapes: '3', expect: 'count == 1' }), block('many', 'ts', 'many.ts', { scrapes: '3', expect: 'count == 1' }), block('other', 'ts', 'other.ts', { scrapes: '3', expect: 'a=1; b=2; c=3' }),
    block('asks', 'promql', undefined, { continues: 'many', expect: 'value > 1; value < 2' }), block('before', 'diff', undefined, { of: 'work.ts', into: 'next.ts' }), block('none', 'diff', undefined, { of: 'next.ts' }),
  ];
  const snippets = [['work.ts', ''], ['few.ts', "import './work.ts';"], ['many.ts', "import './between.ts';"], ['between.ts', "export * from './work.ts';"], ['other.ts', '']].map(([path = '', text = '']) => ({ path: `snippets/${path}`, text }));
  expect([...findReaders(work, page, snippets)].map(({ name }) => name)).toEqual(['before', 'many']);
  expect(findReaders(block('bare', 'ts', undefined, {}), page, snippets).size).toBe(0);
});

const PAGE = `---
title: Windows
---

The rate over 5 min:

\`\`\`promql name=a dataset=healthy
rate(x[5m])
\`\`\`
`;

test('prose that a block no longer bears out is told; what was wrong before is not', async () => {
  const read = (text: string): MarkdownPage => parsePage({ root: import.meta.dirname, file: 'docs/content/docs/windows.mdx', source: text }) as MarkdownPage;
  const page = read(`${PAGE}\nAnother figure, 7 min, comes from nowhere.\n`);
  const block = page.blocks[0] as Block;
  const trialOf = (text: string) => ({ mutant: { ...mutantOf(block), text }, mark: 'mutant0', planned: [{ block: { ...block, id: `${block.id}~mutant0` as Block['id'], text, shownText: text }, action: { kind: 'check' as const, checker } }] });
  const context = { root: import.meta.dirname, course: [page], glossary: { terms: [], diagnostics: [] } as never, pagesElsewhere: () => new Map(), suggest: suggestWord };
  const told = async (text: string): Promise<string[]> => (await checkTexts(page, [trialOf(text)], context)).get('mutant0')?.map(({ ruleId, place }) => `${ruleId} ${place.start.line}`) ?? [];
  expect(await told('rate(x[25m])')).toEqual(['page/figure 5']);
  expect(await told('irate(x[5m])')).toEqual([]);
});

test('so is a limit that the sentence before a block says in words', async () => {
  const page = parsePage({ root: import.meta.dirname, file: 'docs/content/docs/slow.mdx', source: '---\ntitle: Slow\n---\n\nOrders that took longer than a second:\n\n```jaeger name=a dataset=healthy\nminDuration=1s\n```\n' }) as MarkdownPage;
  const block = page.blocks[0] as Block;
  const text = 'minDuration=2s';
  const trial = { mutant: { ...mutantOf(block), text }, mark: 'mutant0', planned: [{ block: { ...block, id: `${block.id}~mutant0` as Block['id'], text, shownText: text }, action: { kind: 'check' as const, checker } }] };
  const told = await checkTexts(page, [trial], { root: import.meta.dirname, course: [page], glossary: { terms: [], diagnostics: [] } as never, pagesElsewhere: () => new Map(), suggest: suggestWord });
  expect(told.get('mutant0')?.map(({ ruleId, place }) => `${ruleId} ${place.start.line}:${place.start.column}`)).toEqual(['page/limit 5:18']);
});
