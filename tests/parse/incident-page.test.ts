import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Block, Page } from '../../harness/model/block.ts';
import { parsePage, placeRange } from '../../harness/parse/index.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'incident-page-'));
  mkdirSync(join(root, 'snippets/stack/rules'), { recursive: true });
  writeFileSync(join(root, 'snippets/stack/rules/a.rules.yml'), 'groups:\n  # #region a\n  - name: a\n  # #endregion\n');
});
afterEach(() => rmSync(root, { recursive: true }));

const HEAD = 'title: Small\nstart: 2026-01-05T10:00:00Z\nduration: 10m\nscrape_every: 15s\nservices: {gateway: {}}\nstory: One sentence.\nexpectations:\n';
const parse = (expectations: string, head = HEAD): Page => parsePage({ root, file: 'snippets/incidents/small.yaml', source: head + expectations });
const item = (fields: string): string => `  - claim: It is so.\n    signal: metrics\n    visible: true\n    proven: dataset\n${fields}`;
const only = (page: Page): Block => page.blocks.find(({ expectation }) => expectation !== undefined) as Block;
const said = (page: Page): string[] => page.diagnostics.map(({ ruleId, place, message }) => `${ruleId} ${place.start.line}:${place.start.column} ${message}`);

describe('an expectation is a block', () => {
  test('of the page incidents/small, over its own dataset, with the other keys as attributes', () => {
    const page = parse(item('    query: up\n    at: "10:05"\n    range: 5m\n    step: 15s\n    expect: all == 1\n    alone: true\n'));
    expect(said(page)).toEqual([]);
    expect(page).toMatchObject({ id: 'incidents/small', file: 'snippets/incidents/small.yaml', frontmatter: { dataset: 'small', story: 'One sentence.' } });
    expect(only(page)).toMatchObject({ id: 'incidents/small#it-is-so', language: 'promql', name: 'it-is-so', ordinal: 1, text: 'up', shownText: 'up', expectation: { claim: 'It is so.', signal: 'metrics', visible: true, proven: 'dataset' } });
    expect([...only(page).attributes.values()].map(({ name, value }) => [name, value])).toEqual([['name', 'it-is-so'], ['at', '10:05'], ['range', '5m'], ['step', '15s'], ['expect', 'all == 1'], ['alone', true]]);
    expect(only(page).fence.start).toEqual({ line: 8, column: 12 });
  });
  test.each<[string, string, string, [number, number]]>([
    ['plain', '    query: sum(up)\n', 'sum(up)', [12, 16]],
    ['in quotes', '    query: "sum(up)"\n', 'sum(up)', [12, 17]],
    ['after a bar', '    query: |\n      sum(\n        up\n      )\n', 'sum(\n  up\n)', [14, 9]],
    ['after a bar, ended at once', '    query: |-\n      sum(up)\n', 'sum(up)', [13, 11]],
  ])('whose query is read %s, and points into the file', (_how, query, text, [line, column]) => {
    const block = only(parse(item(`${query}    expect: count > 0\n`)));
    expect(block.text).toBe(text);
    const place = placeRange(block, { offset: text.indexOf('up'), length: 2 });
    expect(place).toEqual({ file: 'snippets/incidents/small.yaml', start: { line, column }, end: { line, column: column + 2 } });
  });
  test('figures are held beside the claim, which can be told from them', () => {
    const block = only(parse(item('    query: up\n    expect: value > 1\n    figures: value < 1.2\n')));
    expect(block.attributes.get('expect')?.value).toBe('value > 1; value < 1.2');
    expect(block.expectation).toMatchObject({ claimed: 'value > 1' });
    const empty = only(parse(item('    query: up\n    empty: true\n    control: other@10:05\n    figures: count == 2\n')));
    expect([empty.attributes.get('expect')?.value, empty.attributes.get('control')?.value, empty.expectation?.claimed]).toEqual(['count == 2', 'other@10:05', undefined]);
    expect(said(parse(item('    query: up\n    empty: true\n    figures: count == 2\n')))[0]).toMatch(/Found figures of an answer that is empty, expected a `control`/);
  });
  test.each([['logs', 'logql'], ['traces', 'jaeger']])('%s are asked in %s', (signal, language) => {
    expect(only(parse(item('    query: x\n    empty: true\n').replace('metrics', signal)))).toMatchObject({ language });
  });
  test('an alert that fires is a rule file with `fires`; the delay may be left out', () => {
    const block = only(parse(item('    rules: snippets/stack/rules/a.rules.yml#a\n    alert: A\n    expect: fires\n').replace('metrics', 'alert')));
    expect(block).toMatchObject({ language: 'yaml', title: 'a.rules.yml', source: 'snippets/stack/rules/a.rules.yml', shownText: '  - name: a' });
    expect([...block.attributes.values()].map(({ name, value }) => [name, value])).toEqual([['name', 'it-is-so'], ['fires', 'A'], ['file', 'stack/rules/a.rules.yml#a']]);
  });
  test('an alert that is quiet is one that never fires here, and does on its control', () => {
    const block = only(parse(item('    name: q\n    rule: |\n      groups: []\n    alert: A\n    expect: quiet\n    control: other\n').replace('metrics', 'alert')));
    expect(block).toMatchObject({ title: 'q.rules.yml', text: 'groups: []' });
    expect([...block.attributes.values()].map(({ name, value }) => [name, value])).toEqual([['name', 'q'], ['never', 'A'], ['control', 'other']]);
    const timed = only(parse(item('    name: q\n    rule: |\n      groups: []\n    alert: A\n    expect: quiet\n    control: other\n    after: 7m\n').replace('metrics', 'alert')));
    expect(timed.attributes.get('after')?.value).toBe('7m');
  });
  test('the first block asks for the picture, at the title', () => {
    const [picture] = parse(item('    query: up\n    expect: count > 0\n')).blocks;
    expect(picture).toMatchObject({ name: 'picture', language: 'promql', ordinal: 0, fence: { start: { line: 1, column: 8 } } });
    expect(picture?.attributes.get('range')?.value).toBe('600s');
    expect(picture?.text).not.toContain('db_pool');
  });
  test.each<[string, string, boolean]>([['of its own', '{gateway: {database: {}}}', true], ['of its shop', '{}\nshop: big', true], ['of a shop that cannot be read', '{}\nshop: broken', false], ['of a shop that is not there', '{}\nshop: none', false]])('which shows the pool of databases %s', (_what, services, wanted) => {
    mkdirSync(join(root, 'snippets/incidents/shops'), { recursive: true });
    writeFileSync(join(root, 'snippets/incidents/shops/big.yaml'), 'services: {checkout: {database: {}}}\n');
    writeFileSync(join(root, 'snippets/incidents/shops/broken.yaml'), 'services: {: {');
    const [picture] = parse(item('    query: up\n    expect: count > 0\n'), HEAD.replace('{gateway: {}}', services)).blocks;
    expect(picture?.text.includes('db_pool_connections_active')).toBe(wanted);
  });
  test('a file without expectations has no block', () => {
    expect(parse('', 'title: Small\nstart: 2026-01-05T10:00:00Z\n')).toMatchObject({ id: 'incidents/small', blocks: [], diagnostics: [] });
  });
});

describe('mistakes are told at their place', () => {
  const query = '    query: up\n    expect: count > 0\n';
  test.each<[string, string, string]>([
    ['a misspelt key', item('    qurey: up\n    expect: count > 0\n'), '12:5 Found the key `qurey` in an expectation, expected one of: claim, signal, visible, proven, name, expect, query, at, range, step, empty, alone, figures, control. Did you mean `query`?'],
    ['a key of an alert on a query', item(`${query}    alert: A\n`), '14:5 Found the key `alert`'],
    ['no claim', item(query).replace('claim: It is so.\n    ', ''), '8:5 Found an expectation without `claim`'],
    ['an unknown signal', item(query).replace('metrics', 'metric'), '9:13 Found `signal: metric`, expected one of: metrics, logs, traces, alert.'],
    ['visible in other words', item(query).replace('visible: true', 'visible: yes'), '10:14 Found `visible: yes`, expected one of: true, false.'],
    ['proven nowhere', item(query).replace('    proven: dataset\n', ''), '8:5 Found an expectation without `proven`'],
    ['no query', item('    expect: count > 0\n'), '8:5 Found an expectation without a query'],
    ['nothing expected', item('    query: up\n'), '8:5 Found a query without an expectation of its answer'],
    ['empty in other words', item('    query: up\n    empty: maybe\n'), '13:12 Found `empty: maybe`, expected one of: true.'],
    ['a folded query', item('    query: >\n      sum(\n      up)\n    expect: count > 0\n'), '12:12 Found a query that is folded or has escapes'],
    ['a query with escapes', item('    query: "up{a=\\"b\\"}"\n    expect: count > 0\n'), '12:12 Found a query that is folded or has escapes'],
    ['a name that is none', item(`    name: Not this\n${query}`), '12:11 Found the name `Not this`'],
    ['a quiet alert without control', item('    rule: x\n    alert: A\n    expect: quiet\n').replace('metrics', 'alert'), '8:5 Found an expectation of an alert without `control`'],
    ['an alert without rules', item('    alert: A\n    expect: fires\n').replace('metrics', 'alert'), '8:5 Found an expectation of an alert with neither `rules` nor `rule`'],
    ['no list', '  claim: It is so.\n', '8:3 Found no list under `expectations`'],
    ['not YAML', '  - claim: this: that\n', '8:12 Found text that is not YAML'],
  ])('%s', (_what, expectations, message) => {
    expect(said(parse(expectations))).toEqual([expect.stringContaining(`incident/not-valid ${message}`)]);
  });
  test('a rule file that is not there, and a name that is taken', () => {
    expect(said(parse(item('    rules: stack/none.rules.yml\n    alert: A\n    expect: fires\n').replace('metrics', 'alert')))).toEqual([expect.stringContaining('mdx/missing-file 12:12 There is no file `snippets/stack/none.rules.yml`')]);
    expect(said(parse(item(query) + item(query)))).toEqual([expect.stringContaining('mdx/duplicate-name 14:12 The name `it-is-so` is taken')]);
  });
  test('expectations without a story', () => {
    expect(said(parse(item(query), HEAD.replace('story: One sentence.\n', '')))).toEqual([expect.stringContaining('incident/not-valid 6:1 Found expectations without a story')]);
  });
});
