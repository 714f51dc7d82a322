import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mdxToJs } from 'satteri';
import { describe, expect, it } from 'vitest';
import { openCourse } from '../../docs/plugins/course.ts';
import { openEditions } from '../../docs/plugins/editions.ts';
import { copyOf } from '../../docs/plugins/copies.ts';
import { displayMeta, lessonPlugins } from '../../docs/plugins/lesson.ts';
import { lessonFile, writeCourse, writeText } from './fixtures/course.ts';

/** Compiles the fixture lesson with an edit; returns the module's code, or throws what the build would. */
async function compile(name: string, edit: (source: string) => string): Promise<string> {
  const root = writeCourse(name);
  const source = edit(readFileSync(join(root, lessonFile), 'utf8')).replace(/```mermaid[\s\S]*?```/, '');
  writeText(root, lessonFile, source);
  const { code } = await mdxToJs(source, { mdastPlugins: lessonPlugins(openEditions(root), new Map()), fileURL: pathToFileURL(join(root, lessonFile)) });
  return code;
}
const same = (source: string): string => source;

describe('a lesson', () => {
  it('is compiled with each answer once, and numbers from transcripts', async () => {
    const code = await compile('lesson', same);
    expect(code.match(/aria-label=\\"Answer of percentiles\\"/g)).toHaveLength(1);
    expect(code.includes('▲ alert 14:08:30')).toBe(true);
    expect(code.match(/aria-label=\\"Answer of alert\\"/g)).toHaveLength(3);
    expect([/218(?:\u00a0|&nbsp;|\\xa0|\\u00a0)ms/i, /14:03:30/, /checked, not run/].filter((text) => !text.test(code))).toEqual([]);
  });
  it('shows no hidden line, and copies it', async () => {
    const code = await compile('hidden', same);
    expect(code.includes("createServer } from 'node:http'")).toBe(false);
    expect(copyOf('day-1/checkout-lag#service')).toMatch(/^import \{ createServer \} from 'node:http';\nimport \{ Counter/);
  });
  it('keeps what belongs to the harness away from the highlighter', () => {
    const root = writeCourse('meta');
    const block = openCourse(root).page(lessonFile).blocks.find(({ name }) => name === 'bad-range');
    if (!block) throw new Error('the fixture has no block bad-range');
    expect(displayMeta('name="bad-range" rejects="ranges only allowed" {2-4} wrap', block)).toBe('name="bad-range"  {2-4} wrap course="day-1/checkout-lag#bad-range" wrong');
  });
  it('leaves a block that must not run with a mark only', async () => {
    const code = await compile('norun', (source) => source.replace('name="no-errors" at=14:10 empty', 'no_run'));
    expect(code.includes('Answer of no-errors')).toBe(false);
    expect(code.match(/checked, not run/g)?.length).toBe(2);
  });

  it('says of a supposed figure that nobody measured it', async () => {
    const code = await compile('supposed', (source) => `${source}\nWithin <Suppose>200 ms</Suppose>.\n\n<Suppose>\n\nOr 3 s.\n\n</Suppose>\n`);
    expect(code.match(/title: "Assumed, not measured"/g)).toHaveLength(2);
    expect(code.includes('Suppose')).toBe(false);
  });
  it('gives a question and its options ids of their words, which survive a move and a mark of emphasis', async () => {
    const quiz = '<Quiz question="What moved?">\n\n- [ ] The p50\n\n  Half.\n\n- [x] The tail\n\n  Few.\n\n</Quiz>\n';
    const ids = (code: string): string[] => [...code.matchAll(/"data-(?:question|option)": "([0-9a-f]{10})"/g)].map(([, id = '']) => id);
    const before = ids(await compile('ids', (source) => `${source}\n${quiz}`));
    expect(new Set(before).size).toBe(3);
    expect(ids(await compile('ids-moved', (source) => `${source}\nMore.\n\n${quiz.replace('The p50', 'The *p50*')}`))).toEqual(before);
  });
  it('makes boxes of a task list that is no question, each with the id of its words', async () => {
    const code = await compile('checklist', (source) => `${source}\n- [ ] Ask for the **tail**\n\n  Why: it is a few.\n- [ ] Say so\n`);
    expect(code.match(/"data-tick": "[0-9a-f]{10}"/g)).toHaveLength(2);
    expect(code).toContain('className: "checklist"'.replace('className', 'class'));
    expect(code.includes('disabled')).toBe(false);
  });
  it('asks a question with options, each of which opens to its reason, and needs no script for that', async () => {
    const quiz = (options: string): Promise<string> => compile('quiz', (source) => `${source}\n<Quiz question="What moved?">\n\n${options}\n\n</Quiz>\n`);
    const code = await quiz('- [ ] The `p50`\n\n  Half were fast.\n\n- [x] The tail\n\n  Few were slow.');
    expect(code.match(/"quiz-option"/g)).toHaveLength(2);
    expect([...code.matchAll(/"(Yes|No)\."/g)].map(([, word]) => word)).toEqual(['No', 'Yes']);
    expect(code).not.toContain('checkbox');
    await expect(quiz('- [x] Only one\n\n  Reason.')).rejects.toThrow(/:\d+: a <Quiz> needs an option that is right and one that is not/);
    await expect(quiz('- [x] No reason\n- [ ] Neither')).rejects.toThrow(/each option of a <Quiz>/);
    await expect(quiz('Nothing.')).rejects.toThrow(/holds one list/);
  });
  it('shows the glossary, each term with an id to link to, and refuses half of one', async () => {
    const source = '---\ntitle: Words\n---\n\n<Glossary />\n';
    const show = async (glossary: string): Promise<string> => {
      const root = writeCourse('glossary');
      writeText(root, 'docs/glossary.yml', glossary);
      writeText(root, lessonFile, source);
      const { code } = await mdxToJs(source, { mdastPlugins: lessonPlugins(openEditions(root), new Map()), fileURL: pathToFileURL(join(root, lessonFile)) });
      return code;
    };
    const code = await show('severities:\n  P0: {alert: page, means: Bad.}\nterms:\n  time series: {means: "Samples of `x`.", not: [timeseries]}\n  Loki: {means: Lines., not: [loki]}\n');
    expect(code).toMatch(/<dt id=\\"loki\\">Loki<\/dt><dd>Lines\.<\/dd><dt id=\\"time-series\\">time series<\/dt><dd>Samples of <code>x<\/code>\.<span class=\\"not\\"> Not: timeseries\.<\/span>/);
    expect(code).toMatch(/<th scope=\\"row\\">P0<\/th><td>page<\/td>/);
    await expect(show('terms:\n  Loki: {}\n')).rejects.toThrow(/docs\/glossary\.yml:\d+: /);
  });

  it('links a term where the page first uses it, with what it means, and an everyday word never', async () => {
    const show = async (minutes: string): Promise<string> => {
      const root = writeCourse('terms');
      const source = `---\ntitle: Words\n${minutes}---\n\n## A counter\n\n\`counter\`, [counter](/), red. Counters and a native histogram; a counter, a pool: RED.\n\n- A histogram\n\n<Note for="instructor">\n\nA gauge.\n\n</Note>\n`;
      writeText(root, 'docs/glossary.yml', 'severities: {}\nterms:\n  counter: {means: "Goes `up`."}\n  histogram: {means: B.}\n  native histogram: {means: N.}\n  pool: {means: P., plain: true}\n  RED: {means: R.}\n  gauge: {means: G.}\n');
      writeText(root, lessonFile, source);
      const { code } = await mdxToJs(source, { mdastPlugins: lessonPlugins(openEditions(root), new Map()), fileURL: pathToFileURL(join(root, lessonFile)) });
      return code;
    };
    const links = (code: string): string[] => [...code.matchAll(/class: "term",\s*href: "([^"]*)",\s*"data-means": "([^"]*)",\s*children: "([^"]*)"/g)].map(([, ...parts]) => parts.join(' | '));
    expect(links(await show('minutes: 3\n'))).toEqual(['/glossary/#counter | Goes up. | Counters', '/glossary/#native-histogram | N. | native histogram', '/glossary/#red | R. | RED', '/glossary/#histogram | B. | histogram']);
    expect(links(await show(''))).toEqual([]);
  });

  const at = (line: string, source: string): number => source.split('\n').findIndex((candidate) => candidate.includes(line)) + 1;
  it.each([
    ['a missing answer', 'name="mean"', 'name="average"', /checkout-lag\.mdx:\d+: block "average": its stored answer docs\/transcripts\/day-1\/checkout-lag\/average\.json is missing\. Run `npm run verify -- --update day-1\/checkout-lag`/],
    ['a stale answer', '/ sum(rate(http_request_duration_seconds_count', '/ sum(rate(http_request_duration_count', /block "mean": its stored answer is stale: .*npm run verify -- --update day-1\/checkout-lag/],
    ['a value of no block', '<Value of="mean"', '<Value of="maen"', /checkout-lag\.mdx:24: no block of docs\/content\/docs\/day-1\/checkout-lag\.mdx is named "maen"\. Named are: mean, /],
    ['a series that is not there', 'pick="quantile=p99,highest"', 'pick="quantile=p42"', /no series matches pick="quantile=p42"/],
    ['a mark that is no alert', 'mark="alert"', 'mark="mean"', /mark="mean" needs a block of alerting rules that fires on checkout-lag/],
    ['an unknown view', 'view="notification" />', 'view="movie" />', /view="movie" is not known; known are auto, table/],
    ['a view that does not fit', '<Answer of="percentiles" title', '<Answer of="percentiles" view="table" title', /view="table" shows vector answers/],
    ['a question without an answer', /<Ask question=[\s\S]*?<\/Ask>/, '<Ask>\n\nWhy?\n\n</Ask>', /:\d+: <Ask> needs a question/],
    ['a note for nobody', '<Note for="instructor">', '<Note for="cat">', /<Note for="cat"> is not known; known are instructor/],
  ])('fails on %s', async (_, from, to, want) => {
    await expect(compile('broken', (source) => source.replace(from, to))).rejects.toThrow(want);
  });
  it('names the line of the block', async () => {
    const source = readFileSync(join(writeCourse('line'), lessonFile), 'utf8');
    await expect(compile('line', (text) => text.replace('name="by-peer"', 'name="peers"'))).rejects.toThrow(`${lessonFile}:${at('name="by-peer"', source)}: block "peers"`);
  });
  it('fails on a diagram that was not drawn', async () => {
    const root = writeCourse('diagram');
    const source = readFileSync(join(root, lessonFile), 'utf8');
    const draw = async () => mdxToJs(source, { mdastPlugins: lessonPlugins(openEditions(root), new Map()), fileURL: pathToFileURL(join(root, lessonFile)) });
    await expect(draw()).rejects.toThrow('this diagram has not been drawn');
  });
});
