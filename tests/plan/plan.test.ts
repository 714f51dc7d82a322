import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkers } from '../../harness/checkers/index.ts';
import { datasetsOf, displayAttributes, parsePage } from '../../harness/parse/index.ts';
import { commonAttributes } from '../../harness/plan/attributes.ts';
import { planBlocks } from '../../harness/plan/plan.ts';

const knownAttributes = [...commonAttributes, ...checkers.flatMap((checker) => checker.attributes)];
const parse = (source: string, id = 'p') => parsePage({ root: '/nowhere', file: `docs/content/docs/${id}.mdx`, source, knownAttributes });
function plan(body: string, frontmatter = 'dataset: known', images?: ReadonlyMap<string, string>) {
  const page = parse(`---\n${frontmatter}\n---\n\n${body}\n`);
  const { blocks, diagnostics } = planBlocks({
    pages: [page], checkers, datasetsOf, displayAttributes, today: '2026-11-21', ...(images === undefined ? {} : { images }),
    explainBadDataset: (name) => (name.startsWith('known') ? undefined : `There is no dataset "${name}".`),
  });
  return { blocks, found: [...diagnostics.values()].flat().map(({ ruleId, place, message }) => ({ ruleId, line: place.start.line, column: place.start.column, message })) };
}
const fence = (info: string, text = 'up'): string => `\`\`\`${info}\n${text}\n\`\`\``;

describe('what is to be done', () => {
  test.each([
    ['promql name=a', { kind: 'run', backend: 'prometheus', datasets: ['known'] }],
    ['logql name=a dataset=known-2', { kind: 'run', backend: 'loki', datasets: ['known-2'] }],
    ['ts name=a', { kind: 'run', backend: 'sandbox', datasets: [] }],
    ['ts name=a scrapes=2', { kind: 'run', backend: 'live', datasets: [] }],
    ['promql no_run', { kind: 'check' }],
    ['sh name=a', { kind: 'run', backend: 'shell', datasets: ['known'] }],
    ['sh no_run', { kind: 'check' }],
    ['json', { kind: 'check' }],
    ['yaml title="collector.yaml" name=a expect="otlp_grpc/jaeger=2; count > 1"', { kind: 'run', backend: 'collector-config', datasets: [] }],
    ['yaml title="compose.yaml" name=a expect="count == 1"', { kind: 'run', backend: 'compose-run', datasets: [] }],
    ['yaml title="shop.loki.yml" name=a', { kind: 'run', backend: 'loki-rules', datasets: ['known'] }],
    ['json {2-4} wrap ins={1} collapse={3-4}', { kind: 'check' }],
    ['promql name=a ignore reason="not yet" until=2027-03-01', { kind: 'skip', reason: 'not yet (until 2027-03-01)' }],
  ])('%s', (info, action) => {
    const { blocks, found } = plan(fence(info));
    expect(found).toEqual([]);
    expect(blocks).toHaveLength(1);
    expect(blocks[0]?.action).toMatchObject(action);
  });
});

describe('who judges a block', () => {
  const manifest = 'apiVersion: v1\nkind: Pod';
  test.each([
    ['yaml', manifest, 'kubernetes'],
    ['yaml title="pod.yaml"', manifest, 'kubernetes'],
    ['yaml title="k8s/pod.yaml"', 'a: 1', 'kubernetes'],
    ['yaml title="compose.yaml" no_run', manifest, 'compose'],
    ['yaml title="shop.rules.test.yml"', 'tests: []', 'rule-tests'],
    ['json', '{}', 'json'],
  ])('%s %j', (info, text, checker) => {
    const { blocks, found } = plan(fence(info, text));
    expect(found).toEqual([]);
    expect(blocks[0]?.action).toMatchObject({ kind: 'check', checker: { name: checker } });
  });
});

describe('what cannot be tried here', () => {
  const images = new Map([['loki', 'grafana/loki:3.7.6']]);
  const compose = (info: string, image: string): string => fence(`yaml title="compose.yaml" ${info}`, `services:\n  a: { image: "${image}" }`);
  test('is checked, and why it is not run is kept for its verdict', () => {
    expect(plan(compose('', 'grafana/grafana:12.1.0'), undefined, images)).toMatchObject({ found: [], blocks: [{ action: { kind: 'check', untried: 'the image `grafana/grafana:12.1.0` of `a` is none of the course\'s, which are all that can be started here' } }] });
    expect(plan(compose('name=a', 'grafana/loki:3.7.6'), undefined, images)).toMatchObject({ found: [], blocks: [{ action: { kind: 'run', backend: 'compose-run' } }] });
    expect(plan(compose('no_run', 'grafana/grafana:12.1.0'), undefined, images).blocks[0]?.action).not.toHaveProperty('untried');
  });
  test('has no answer to name', () => {
    expect(plan(compose('name=a', 'grafana/grafana:12.1.0'), undefined, images).found).toMatchObject([{ ruleId: 'plan/needless-name', message: expect.stringContaining('`grafana/grafana:12.1.0` of `a` is none of the course\'s') }]);
  });
});

describe('what is wrong', () => {
  test.each([
    ['cobol', 'plan/no-checker', 1],
    ['yaml', 'plan/needs-title', 1],
    ['yaml title="values.yaml"', 'plan/needs-title', 9],
    ['promql', 'plan/unnamed', 1],
    ['json name=a', 'plan/needless-name', 9],
    ['promql name=a at=25:00', 'plan/attribute-form', 18],
    ['promql name=a range=5', 'plan/attribute-form', 18],
    ['promql name=a expect="more than two"', 'plan/attribute-form', 18],
    ['promql name=a empty=yes', 'plan/attribute-form', 18],
    ['json scrapes=2', 'plan/attribute-does-not-apply', 9],
    ['promql name=a dataset=unheard', 'plan/unknown-dataset', 18],
    ['promql name=a continues=b', 'plan/continues-nothing', 18],
    ['ts name=a ignore reason=x until=2026-01-01', 'plan/ignore-expired', 30],
    ['ts name=a ignore reason=x until=soon', 'plan/attribute-form', 30],
    ['ts name=a ignore reason=x until=2027-02-30', 'plan/attribute-form', 30],
    ['promql name=a step=15s', 'plan/attribute-does-not-apply', 18],
    ['promql name=a until=2027-03-01', 'plan/attribute-does-not-apply', 18],
  ])('%s', (info, ruleId, column) => {
    const { found } = plan(fence(info));
    expect(found).toMatchObject([{ ruleId, line: 5, column }]);
    expect(found[0]?.message).toMatch(/[.:]/);
  });

  test('a tag that is only begun names those that go on so', () => {
    expect(plan(fence('prom name=a')).found[0]?.message).toMatch(/Did you mean `prometheus` or `promql`\?$/);
    expect(plan(fence('promql,')).found[0]?.message).toMatch(/Did you mean `promql`\?$/);
    expect(plan(fence('cobol')).found[0]?.message).toMatch(/For text that is not code write `text`\.$/);
  });

  test('a query on a page without a dataset', () => {
    expect(plan(fence('promql name=a'), 'title: x').found).toMatchObject([{ ruleId: 'plan/no-dataset' }]);
  });

  test('what parsing has reported is not reported again in other words', () => {
    for (const info of ['promql name=a expects=2', 'promql name=Up_Now', 'promql name=a expect=count > 1', 'promql name=a file=nowhere.promql']) {
      expect(plan(fence(info)).found, info).toEqual([]);
    }
    expect(plan(fence('')).found).toEqual([]);
    expect(plan(fence('promql name=a'), 'title: one: two').found).toEqual([]);
  });

  test('a dataset that the page misspells is shown where the page names it', () => {
    expect(plan(fence('promql name=a'), 'title: x\ndataset: unheard').found).toMatchObject([{ ruleId: 'plan/unknown-dataset', line: 3, column: 1 }]);
  });

  test('the day an ignore ends it still holds', () => {
    expect(plan(fence('ts name=a ignore reason=x until=2026-11-21')).found).toEqual([]);
  });
});

test('planning is total and free of order: permuting pages changes no action, and each block gets one', () => {
  const infos = ['promql name=a', 'cobol', 'yaml', 'ts name=a scrapes=1', 'json', 'promql continues=q name=a', 'logql', 'text', 'ts ignore reason=x until=2000-01-01'];
  fc.assert(fc.property(fc.array(fc.constantFrom(...infos), { maxLength: 6 }), fc.infiniteStream(fc.nat()), (chosen, order) => {
    const pages = chosen.map((info, index) => parse(`---\ndataset: known\n---\n\n${fence(info)}\n`, `page-${index}`));
    const shuffled = pages.map((page) => ({ page, at: order.next().value as number })).sort((left, right) => left.at - right.at).map(({ page }) => page);
    const actions = (list: typeof pages) => {
      const { blocks } = planBlocks({ pages: list, checkers, datasetsOf, displayAttributes, today: '2026-11-21', explainBadDataset: () => undefined });
      return blocks.map(({ block, action }) => `${block.id} ${action.kind}`).sort();
    };
    expect(actions(shuffled)).toEqual(actions(pages));
    expect(actions(pages)).toHaveLength(pages.length);
  }), { numRuns: 60 });
});

describe('shell blocks', () => {
  test('one that needs a program which the sandbox lacks is checked, and can have no name', () => {
    expect(plan(fence('sh', 'docker compose up -d'))).toMatchObject({ found: [], blocks: [{ action: { kind: 'check' } }] });
    expect(plan(fence('sh name=up', 'docker compose up -d')).found).toMatchObject([{ ruleId: 'plan/needless-name', column: 7, message: expect.stringContaining('`docker` is not in the sandbox') }]);
  });
  test('one may continue another above it that is run, and no other block', () => {
    const first = fence('sh name=first', 'x=1');
    expect(plan(`${first}\n\n${fence('sh name=second continues=first', 'echo $x')}`)).toMatchObject({ found: [], blocks: [{}, { action: { kind: 'run', backend: 'shell' }, block: { continuedText: 'x=1' } }] });
    expect(plan(`${first}\n\n${fence('sh name=second continues=first', 'y=2')}\n\n${fence('sh name=third continues=second', 'echo $x$y')}`).blocks[2]?.block.continuedText).toBe('x=1\ny=2');
    for (const [other, target] of [[fence('sh name=first continues=first'), 'itself'], [fence('sh no_run', 'x=1'), 'nothing'], [fence('promql name=query'), 'query']] as const) {
      const { found } = plan(target === 'itself' ? other : `${other}\n\n${fence(`sh name=second continues=${target}`, 'echo $x')}`);
      expect(found).toMatchObject([{ ruleId: 'plan/continues-nothing' }]);
    }
  });
  test('one needs no dataset as long as it asks nobody', () => {
    expect(plan(fence('sh name=a', 'date'), 'title: none')).toMatchObject({ found: [], blocks: [{ action: { kind: 'run', datasets: [] } }] });
  });
});
