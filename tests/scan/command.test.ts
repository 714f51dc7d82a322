import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runScan } from '../../harness/scan/command.ts';
import { readDocument } from '../../harness/scan/read-document.ts';
import { collectScanRules, scanRules } from '../../harness/scan/rules.ts';

const root = resolve(import.meta.dirname, '../..');
let folder: string;
let out: string;
let err: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scan-test-'));
  [out, err] = ['', ''];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Without programs: what only our parsers see. */
const run = (...argv: string[]): Promise<number> => runScan(argv, {
  root, folder, tool: async () => undefined, color: false, write: (text) => { out += text; }, warn: (text) => { err += text; }, signal: new AbortController().signal,
});
const write = (file: string, text: string | Buffer): void => {
  mkdirSync(join(folder, file, '..'), { recursive: true });
  writeFileSync(join(folder, file), text);
};
const BROKEN = '```json\n{\n  "a": 1\n  "b": 2\n}\n```\n';
const SOUND = '```json\n{"a": 1}\n```\n';
const read = (file: string): { readonly blocks: readonly { readonly verdict: string; readonly line: number; readonly page: string; readonly reason?: string; readonly diagnostics: readonly { readonly ruleId: string; readonly line: number; readonly column: number }[] }[] } =>
  JSON.parse(readFileSync(join(folder, file), 'utf8')) as ReturnType<typeof read>;

test('exit 0 where nothing is wrong, 1 where something is, with file, line and column', async () => {
  write('good.md', SOUND);
  expect(await run('good.md')).toBe(0);
  write('bad.md', `# Page\n\n${BROKEN}`);
  expect(await run('bad.md')).toBe(1);
  expect(out).toContain('--> bad.md:6:3');
});

test.each([[[]], [['nowhere.md']], [['.', '--nonsense']], [['.', '--report', 'xml']]])('exit 2 for words that mean nothing: %j', async (words) => {
  write('a.md', SOUND);
  expect(await run(...words)).toBe(2);
  expect(err).toContain('--help');
});

test('a folder without Markdown is said to be one: nothing was judged', async () => {
  write('a.txt', 'text');
  expect(await run('.')).toBe(2);
  expect(out).toContain('found no Markdown');
});

test('--help says what the verdicts and exit codes mean', async () => {
  expect(await run('--help')).toBe(0);
  for (const word of ['passed', 'failed', 'unknown', '--explain', 'Exit codes']) expect(out).toContain(word);
});

test('--explain says of each sample what it was taken for and why, and why it is unknown', async () => {
  write('a.md', '```yaml\nglobal:\n  scrape_interval: 15s\n```\n\n```\nsome text\n```\n');
  await run('a.md', '--explain');
  expect(out).toContain('taken for prometheus-config (its keys are Prometheus\': global)');
  expect(out).toContain('unknown: nothing judges it: it has no tag');
});

test('without the programs less is judged, and the table names them', async () => {
  write('a.md', '```yaml\nglobal:\n  scrape_interval: 15s\n  nonsense: 1\n```\n');
  expect(await run('a.md', '--report', 'terminal', '--report', 'json=a.json')).toBe(0);
  expect(out).toContain('Not on this machine: promtool, amtool, loki, logcli');
  expect(read('a.json').blocks).toMatchObject([{ verdict: 'passed', depth: 'parsed' }]);
});

test('JSON and SARIF say the same: each finding once, with its place; what is unknown is no result', async () => {
  write('docs/a.md', `${BROKEN}\n\`\`\`text\nx\n\`\`\`\n`);
  expect(await run('docs', '--report', 'json=a.json', '--report', 'sarif=a.sarif')).toBe(1);
  const { blocks } = read('a.json');
  expect(blocks.map(({ verdict }) => verdict)).toEqual(['failed', 'unknown']);
  const sarif = JSON.parse(readFileSync(join(folder, 'a.sarif'), 'utf8')) as { runs: { results: { ruleId: string; ruleIndex: number; locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[] }[]; tool: { driver: { rules: { id: string }[] } } }[] };
  const [result, ...more] = sarif.runs[0]?.results ?? [];
  expect(more).toEqual([]);
  expect(result).toMatchObject({ ruleId: 'json/syntax-error', locations: [{ physicalLocation: { artifactLocation: { uri: 'docs/a.md' }, region: { startLine: 4 } } }] });
  expect(sarif.runs[0]?.tool.driver.rules[result?.ruleIndex ?? -1]?.id).toBe('json/syntax-error');
});

test('a report that cannot be written is said, and takes no other with it', async () => {
  write('a.md', SOUND);
  expect(await run('a.md', '--report', 'json=no/such/folder.json', '--report', 'terminal')).toBe(2);
  expect(err).toContain('no/such/folder.json');
  expect(out).toContain('1 file');
});

test.each<[string, string | Buffer]>([
  ['an empty page', ''], ['binary garbage', Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7919) % 256))], ['invalid UTF-8', Buffer.concat([Buffer.from('```json\n"'), Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from('"\n```\n')])],
  ['nothing but an opening fence', '```'], ['a block of 5 MB', `\`\`\`yaml\n${'a: b\n'.repeat(1_000_000)}\`\`\`\n`], ['2,000 blocks', SOUND.repeat(2_000)], ['front matter that never ends', `---\ntitle: x\n${SOUND}`],
  ['deep YAML', `\`\`\`yaml\n${'['.repeat(5_000)}\n\`\`\`\n`], ['aliases without end', '```yaml\na: &a [x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n```\n'],
  ['deep JSON', `\`\`\`json\n${'['.repeat(50_000)}\n\`\`\`\n`], ['deep PromQL', `\`\`\`promql\n${'('.repeat(20_000)}\n\`\`\`\n`], ['a shell that never ends', `\`\`\`sh\n${'$('.repeat(5_000)}\n\`\`\`\n`], ['a manifest that is none', '```yaml\napiVersion: 1\nkind: [a]\nspec: 7\n```\n'], ['rule tests that are none', '```yaml\nrule_files: {}\ntests: 5\n# input_series:\n```\n'], ['a Dockerfile of one word', '```dockerfile\nFROM\n```\n'],
  ['a pipeline that is none', '```yaml\npipeline:\n  inputs: 5\n```\n'], ['SQL without end', `\`\`\`sql\nSELECT ${'('.repeat(5_000)}\n\`\`\`\n`], ['HTTP without lines', '```http\n\n\n```\n'], ['Markdown in Markdown without end', '```markdown\n```sh\n'], ['null characters', '```yaml\na: \u0000\n```\n'],
])('%s breaks nothing', async (_name, text) => {
  write('a.md', text);
  expect(await run('a.md'), err + out.slice(0, 2_000)).toBeLessThan(2);
});

test('links that lead in circles are walked once, and broken ones not at all', async () => {
  write('docs/a.md', SOUND);
  symlinkSync(folder, join(folder, 'docs/loop'));
  symlinkSync(join(folder, 'nothing'), join(folder, 'docs/broken.md'));
  expect(await run('docs', '--report', 'json=a.json')).toBe(0);
  expect(read('a.json').blocks.length).toBe(1);
});

test('lines end as they like, and a byte order mark stands before nothing', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const { samples } = readDocument('a.md', `\uFEFF# A\n\n\`\`\`json\n{\n "a": 1}\n\`\`\`\n`.replaceAll('\n', end));
    expect(samples.map(({ block }) => [block.text, block.fence.start.line, block.lines[1]?.column])).toEqual([['{\n "a": 1}', 3, 1]]);
  }
});

test('its page in the docs names every rule that only a scan has', () => {
  const page = readFileSync(join(root, 'docs/content/docs/scan.mdx'), 'utf8');
  expect(Object.keys(scanRules).filter((rule) => !page.includes(`\`scan/${rule}\``))).toEqual([]);
  expect([...collectScanRules()].filter(([, { summary }]) => !/^\S.*\.$/.test(summary))).toEqual([]);
});
