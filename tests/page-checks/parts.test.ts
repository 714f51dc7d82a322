import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPages } from '../../harness/check/pages.ts';
import { definePageCheck } from '../../harness/model/page-check.ts';
import { alignText } from '../../harness/page-checks/align.ts';
import { Evidence, findFigures } from '../../harness/page-checks/quantity.ts';
import { routeOf } from '../../harness/page-checks/routes.ts';
import { parsePage, placeSource, readGlossary, suggestWord } from '../../harness/parse/index.ts';

describe('figures', () => {
  it.each([
    ['60 %, 60%, 60 percent and 60 per cent', ['ratio 0.6', 'ratio 0.6', 'ratio 0.6', 'ratio 0.6']],
    ['1.2 s, 350ms, 5 µs, 2 minutes, 3 h, a 15-second pause', ['seconds 1.2', 'seconds 0.35', 'seconds 0.000005', 'seconds 120', 'seconds 10800', 'seconds 15']],
    ['$5,600, €3 million, $2bn and £7k', ['$ 5600', '€ 3000000', '$ 2000000000', '£ 7000']],
    ['5–10 %, 2 to 3 s', ['ratio 0.05', 'ratio 0.1', 'seconds 2', 'seconds 3']],
    ['40 requests a second, 12 rps, 3×, 512 MiB, 2 GB', ['rate 40', 'rate 12', 'times 3', 'bytes 536870912', 'bytes 2000000000']],
    ['14:05, 2026-03-11, 1.9.0, p99, 99th, step 3, 8 in 100, 3 services, RFC 1918, v2 s3 4xx, /24h, 10.0.0.7', []],
  ])('in “%s”', (text, wanted) => {
    expect(findFigures(text).flatMap(({ quantities }) => quantities.map(({ dimension, value }) => `${dimension} ${Number(value.toPrecision(10))}`))).toEqual(wanted);
  });

  it('are known where code says the same quantity, however it writes it', () => {
    const evidence = new Evidence();
    for (const code of ['for: 5m30s', 'scrape_interval: 15s', 'x > 0.05', 'le="2.0"', 'buckets: [0.1, 2.5]', 'share: 80 %', 'rate(x[7m])', 'status=~"9.."', 'histogram_quantile(0.42, y)', 'version: 1.9.0']) evidence.add(code);
    const knows = (text: string): boolean => findFigures(text).every(({ quantities }) => quantities.every((quantity) => evidence.has(quantity)));
    expect(['5.5 minutes', '330 s', '15 s', '0.25 minutes', '5 %', '2 s', '100 ms', '2.5 seconds', '80 %', '7 min'].filter((text) => !knows(text))).toEqual([]);
    expect(['9 s', '42 %', '1.9 s', '6 %', '15 minutes'].filter(knows)).toEqual([]);
  });
});

it.each([
  ['plain', 'a 😀 word', 'a 😀 word', [0, 2, 5]],
  ['an escape', 'a_b', String.raw`a\_b`, [0, 2, 3]],
  ['a reference', 'a & b', 'a &amp; b', [0, 2, 8]],
  ['what looks like a reference and is none', 'a &amp; b', 'a &amp; b', [0, 2, 8]],
  ['lines of a quote in a list', 'a\nb\nc', 'a  \n  > b\n  > c', [0, 8, 14]],
  ['Windows line endings', 'a\r\nb', 'a\r\n> b', [0, 5]],
] as const)('text is aligned with its source: %s', (_, value, source, wanted) => {
  const offsetOf = alignText(value, source, 0, source.length);
  const visible = [...value.matchAll(/[^\s]+/g)].map(({ index }) => index);
  const picked = value === 'a_b' ? [0, 1, 2] : visible;
  expect(picked.map(offsetOf)).toEqual(wanted);
});

it('knows where a page is published', () => {
  expect(['index', 'day-1/index', 'day-1/checkout-lag', '1.0/day-1/Metrics'].map((id) => routeOf({ id, file: '', frontmatter: {}, blocks: [], diagnostics: [] }))).toEqual(['/', '/day-1/', '/day-1/checkout-lag/', '/10/day-1/metrics/']);
  expect(routeOf({ id: 'a', file: '', frontmatter: { slug: '1.0/a' }, blocks: [], diagnostics: [] })).toBe('/1.0/a/');
});

it('tells of a check that crashes, and what the others found', async () => {
  const page = parsePage({ root: '.', file: 'docs/content/docs/a.mdx', source: 'Text.\n' });
  const rules = { bad: { level: 'error', summary: 'Bad.' } } as const;
  const crashing = definePageCheck({ scope: 'page', rules, check: () => { throw new Error('oops'); } });
  const finding = definePageCheck({ scope: 'page', rules, check: () => [{ rule: 'bad', at: { offset: 0, length: 4 }, message: 'Found it.' }] });
  const added: string[] = [];
  const context = { root: '.', course: [page], glossary: { terms: [], severities: [], diagnostics: [] }, pagesElsewhere: () => new Map(), suggest: suggestWord };
  const { diagnostics, errors } = await checkPages({ pages: [page], checks: [crashing, finding], context, placeSource, remembered: { has: () => false, add: ({ id }) => void added.push(id) } });
  expect(errors.map(({ code, message }) => `${code}: ${message}`)).toEqual(['checker-crashed: the page check of bad crashed on docs/content/docs/a.mdx']);
  expect(diagnostics.map(({ ruleId, place: { start, end } }) => `${ruleId} ${start.line}:${start.column}-${end.column}`)).toEqual(['page/bad 1:1-5']);
  expect(added).toEqual([]);
});

describe('the glossary', () => {
  const read = (text: string): string[] => {
    const root = mkdtempSync(join(tmpdir(), 'glossary-'));
    try {
      mkdirSync(join(root, 'docs'));
      writeFileSync(join(root, 'docs/glossary.yml'), text);
      return readGlossary(root).diagnostics.map(({ ruleId, message, place: { start } }) => `${start.line}:${start.column} ${ruleId} ${message}`);
    } finally {
      rmSync(root, { recursive: true });
    }
  };
  const head = 'severities: {}\nterms:\n';

  it('of the course is in order, and every severity is a term', () => {
    const { terms, severities, diagnostics } = readGlossary(resolve(import.meta.dirname, '../..'));
    expect(diagnostics).toEqual([]);
    expect(severities.map(({ incident, alert }) => `${incident} ${alert}`)).toEqual(['P0 page', 'P1 page', 'P2 ticket', 'P3 info']);
    const known = terms.map(({ term }) => term);
    expect(severities.flatMap(({ incident, alert }) => [incident, alert]).filter((word) => !known.includes(word))).toEqual([]);
  });
  it.each([
    ['a line that is not YAML', `${head}  a: {means: "x}\n`, '4:1 glossary/not-valid The glossary is not valid YAML: '],
    ['a missing list', 'terms: {}\n', '1:1 glossary/not-valid The glossary lacks `terms:` or `severities:`'],
    ['an entry without meaning', `${head}  a: {not: [b]}\n`, '3:6 glossary/not-valid Found an entry without its parts under `a`'],
    ['an unknown key', `${head}  a: {means: x, nto: [b]}\n`, '3:6 glossary/not-valid Found the key `nto` under `a`'],
    ['a word rejected that is a term', `${head}  a: {means: x, not: [b]}\n  b: {means: y}\n`, '3:23 glossary/conflict `b` is rejected under `a` and is a term of its own'],
    ['a word rejected twice', `${head}  a: {means: x, not: [cc]}\n  b: {means: y, not: [cc]}\n`, '4:23 glossary/conflict `cc` is rejected under `b` and under `a` too'],
    ['a severity without its alert', 'severities:\n  P0: {means: x}\nterms: {}\n', '2:7 glossary/not-valid The severity `P0` is not made of `alert` and `means`'],
  ])('reports %s', (_, text, wanted) => {
    const found = read(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(wanted);
  });
});
