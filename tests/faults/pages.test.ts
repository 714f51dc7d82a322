import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCourse, type SmallCourse } from '../support/course.ts';
import { fence, judge, page, saidOf, sound, verdictsOf, type Judged } from './judged.ts';

const MEGABYTE = 1_000_000;
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const repeated = (line: string, bytes: number): string => line.repeat(Math.ceil(bytes / line.length));
/** The same bytes each time, each of the 256 among them. */
const garbage = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7919 + ((index * index) % 251)) % 256));

/** Page → what its author left in the file. */
const pages: Readonly<Record<string, string | Buffer>> = {
  sound,
  'empty': '',
  'blank': '\n  \n\n',
  'never-closed': page('Open', `${fence('json', '{"a": 1}')}\n\`\`\`json\n{"b": 2}\n\nProse, which is code now.\n`),
  'flipped': page('Flipped', `\`\`\`text\nRun this:\n\`\`\`sh\nls\n\`\`\`\nThen look.\n\`\`\`\n\nProse.\n\n${fence('json', '{"b": 2}')}`),
  'garbage': garbage,
  'garbage-in-block': Buffer.concat([latin1(page('Garbage', '```json\n')), garbage, latin1('\n```\n')]),
  'latin-1': latin1(page('Latin 1', fence('json', '{"café": 1}'))),
  'latin-1-prose': latin1(page('Latin 1', `The café is open.\n\n${fence('json', '{"a": 1}')}`)),
  'utf-16': Buffer.from(`\uFEFF${sound}`, 'utf16le'),
  'cut': Buffer.from(page('Cut', 'The café'.repeat(3))).subarray(0, -1),
  'nul': page('Nul', fence('json', '{"a": "\0"}')),
  'shows-latin-1': page('Included', fence('json file=technow/latin.json', '').replace('\n\n', '\n')),
  'replacement': page('Replacement', fence('json', '{"a": "\uFFFD"}')),
  'unknown-tag': page('Tag', `${fence('cobol', 'ADD 1 TO A')}\n${fence('json', '{"a": 1}')}`),
  'twice': page('Twice', `${fence('promql name=up', 'up')}\n${fence('promql name=up', 'up == 1')}`, 'dataset: healthy\n'),
  'no-region': page('Region', fence('ts name=a file=technow/checkout.ts#nowhere', '').replace('\n\n', '\n')),
  'long': page('Long', `${fence('promql name=long', repeated('up + (\n', 5 * MEGABYTE))}\n${fence('json', '{"a": 1}')}`, 'dataset: healthy\n'),
  'long-text': page('Long text', fence('text', repeated('The same again.\n', 5 * MEGABYTE))),
  'many': page('Many', Array.from({ length: 2_000 }, (_, index) => (index % 2 === 0 ? fence('json', `{"a": ${index}}`) : fence(`promql no_run`, `up == ${index}`))).join('\n'), 'dataset: healthy\n'),
};

let course: SmallCourse;
let judged: Judged;
beforeAll(async () => {
  course = makeCourse({});
  course.write('snippets/technow/latin.json', '');
  writeFileSync(join(course.root, 'snippets/technow/latin.json'), latin1('{\n "café": 1\n}\n'));
  for (const [id, text] of Object.entries(pages)) {
    course.write(`docs/content/docs/${id}.mdx`, '');
    writeFileSync(join(course.root, `docs/content/docs/${id}.mdx`), text);
  }
  judged = await judge(course, ['check', '--no-cache']);
});
afterAll(() => course[Symbol.dispose]());

test('an author’s faults are findings, and nothing of ours broke', () => {
  expect([judged.code, judged.errors, judged.blocks.filter(({ error }) => error !== undefined)]).toEqual([1, [], []]);
});

test.each([
  ['empty', 'mdx/empty-page', 1, 'Found a page with nothing in it'],
  ['blank', 'mdx/empty-page', 1, 'Found a page with nothing in it'],
  ['garbage', 'mdx/not-text', 1, 'which is no UTF-8'],
  ['garbage-in-block', 'mdx/not-text', 7, 'which is no UTF-8'],
  ['latin-1', 'mdx/not-text', 7, 'Found the byte 0xE9'],
  ['latin-1-prose', 'mdx/not-text', 6, 'Found the byte 0xE9'],
  ['utf-16', 'mdx/not-text', 1, 'Found UTF-16'],
  ['cut', 'mdx/not-text', 6, 'Found the byte 0xC3'],
  ['nul', 'mdx/not-text', 7, 'Found a NUL character'],
  ['shows-latin-1', 'mdx/not-text', 6, 'byte 0xE9 at line 2 of `snippets/technow/latin.json`'],
  ['unknown-tag', 'plan/no-checker', 6, 'Found the tag `cobol`'],
  ['twice', 'mdx/duplicate-name', 11, 'The name `up` is taken'],
  ['no-region', 'mdx/unknown-region', 6, 'has no region `nowhere`'],
  ['long', 'mdx/too-long', 7, 'Found a block of 5.0 MB'],
  ['long-text', 'mdx/too-long', 6, 'Found a block of 5.0 MB'],
])('%s is %s, at its line and nothing beside', (id, rule, line, words) => {
  const said = saidOf(judged, id);
  expect(said.map((one) => `${one.line} ${one.ruleId}`)).toEqual([`${line} ${rule}`]);
  expect(said[0]?.message).toContain(words);
  expect(judged.stdout).toContain(`docs/content/docs/${id}.mdx:${line}:`);
});

describe('a fence that is not closed', () => {
  test('is named where it opens, and what it swallows is not judged as if it were meant', () => {
    expect(saidOf(judged, 'never-closed').map((one) => `${one.line} ${one.ruleId}`)).toEqual(['10 mdx/unclosed-fence']);
    expect(verdictsOf(judged, 'never-closed')).toEqual(['passed', 'failed']);
  });
  test('flipped by one inside it, is named where it opens', () => {
    expect(saidOf(judged, 'flipped')[0]).toMatchObject({ ruleId: 'mdx/unclosed-fence', line: 6 });
    expect(new Set(verdictsOf(judged, 'flipped'))).toEqual(new Set(['failed']));
  });
});

test('beside a fault all other blocks are judged', () => {
  expect(verdictsOf(judged, 'sound')).toEqual(['passed']);
  expect(verdictsOf(judged, 'replacement')).toEqual(['passed']);
  expect(verdictsOf(judged, 'unknown-tag')).toEqual(['failed', 'passed']);
  expect(verdictsOf(judged, 'twice')).toEqual(['passed', 'failed']);
  expect(verdictsOf(judged, 'long')).toEqual(['failed', 'passed']);
});

test('2,000 blocks of a page have 2,000 verdicts', () => {
  expect(verdictsOf(judged, 'many')).toEqual(Array(2_000).fill('passed'));
});
