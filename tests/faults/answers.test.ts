import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCache } from '../../harness/cache.ts';
import type { Block, Page } from '../../harness/model/block.ts';
import type { PlannedBlock } from '../../harness/model/plan.ts';
import { parsePage } from '../../harness/parse/index.ts';
import { recordAnswers } from '../../harness/record/answers.ts';
import { lockFile, readLock, writeTextAtomically } from '../../harness/record/store.ts';
import { sweepTranscripts } from '../../harness/record/sweep.ts';

let root: string;
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'answers-')); });
afterEach(() => rmSync(root, { recursive: true }));

const filesOf = (folder: string): string[] => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort();
const lock = { formatVersion: 1, datasets: { lag: { sha256: 'a', startMs: 0, endMs: 1 } }, backends: { prometheus: { version: '1', configSha256: 'b' } } } as const;
const planned = ['p#a', 'p#b', 'q#c'].map((id) => ({
  block: { id, page: id[0], name: id[2], attributes: new Map(), fence: { file: 'p' } } as unknown as Block, action: { kind: 'run', backend: 'prometheus', datasets: ['lag'] },
})) as unknown as PlannedBlock[];
function store(value: string): ReturnType<typeof recordAnswers> {
  const answered = new Map(planned.map(({ block }) => [block.id as string, { output: { kind: 'vector', atMs: 0, samples: [{ labels: {}, value }] } as const, diagnostics: [], versions: [{ name: 'prometheus', version: '1' }] }]));
  return recordAnswers({ planned, answered, backends: [], root, update: true, keyOf: () => 'a'.repeat(32), lockOf: () => lock });
}

/** Writing there always meets a full disk; the harness writes each file beside its place first. */
const fillUp = (file: string): void => symlinkSync('/dev/full', join(root, `${file}.${process.pid}.tmp`));

describe('a disk that is full', () => {
  test('while an answer is stored: that block is errored, its old answer stays whole, the others are stored, nothing is left', () => {
    store('1');
    fillUp('docs/transcripts/p/a.json');
    const before = readFileSync(join(root, 'docs/transcripts/p/a.json'), 'utf8');
    const { errors, broken } = store('2');
    expect([...errors.keys()]).toEqual(['p#a']);
    expect(errors.get('p#a')).toMatchObject({ code: 'io-failed', message: expect.stringMatching(/docs\/transcripts\/.*ENOSPC.*Free some of the disk/) });
    expect(broken).toEqual([]);
    expect(readFileSync(join(root, 'docs/transcripts/p/a.json'), 'utf8')).toBe(before);
    expect(['p/b', 'q/c'].map((name) => readFileSync(join(root, `docs/transcripts/${name}.json`), 'utf8').includes('"2"'))).toEqual([true, true]);
    expect(filesOf('docs/transcripts').filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('while the lock is stored: the answers are, and the lock stays what it was', () => {
    store('1');
    writeTextAtomically(root, lockFile, JSON.stringify({ ...lock, datasets: {} }));
    fillUp(lockFile);
    const { errors, broken } = store('2');
    expect(errors.size).toBe(0);
    expect(broken).toMatchObject([{ code: 'io-failed', message: expect.stringContaining('docs/transcripts/lock.json cannot be reached: the file system says ENOSPC') }]);
    expect(readLock(root).datasets).toEqual({});
  });
});

describe('answers of a page that cannot be read whole stay, with --update too', () => {
  const fence = '```promql name=a\nup\n```\n';
  test.each([
    ['a fence that is never closed above them', `\`\`\`json\n{"a": 1}\n\n${fence}`],
    ['a fence that is flipped', `\`\`\`text\n\`\`\`sh\nls\n\`\`\`\n\`\`\`\n\n${fence}`],
    ['no MDX', `<Aside>\n\n${fence}`],
    ['no text', `\0\n\n${fence}`],
    ['an editor that ran out of disk', ''],
    ['frontmatter that is none', `---\na: b: c\n---\n\n${fence}`],
  ])('%s', (_name, source) => {
    writeTextAtomically(root, 'docs/transcripts/p/a.json', '{}\n');
    const page: Page = parsePage({ root, file: 'docs/content/docs/p.mdx', source });
    const blocks = page.blocks.map((block) => ({ block, action: { kind: 'skip' } })) as unknown as PlannedBlock[];
    expect(sweepTranscripts({ pages: [page], planned: blocks, known: [page], everything: true, root, update: true })).toEqual({ diagnostics: [], changes: [] });
    expect(filesOf('docs/transcripts')).toContain('p/a.json');
  });

  test('and no link to a folder above makes an answer look like another page’s', () => {
    writeTextAtomically(root, 'docs/transcripts/p/a.json', '{}\n');
    symlinkSync('..', join(root, 'docs/transcripts/p/up'));
    const page = parsePage({ root, file: 'docs/content/docs/p.mdx', source: fence });
    const blocks = page.blocks.map((block) => ({ block, action: { kind: 'run' } })) as unknown as PlannedBlock[];
    expect(sweepTranscripts({ pages: [page], planned: blocks, known: [page], everything: true, root, update: true }).changes).toEqual([]);
    expect(filesOf('docs/transcripts/p')).toContain('a.json');
  });
});

describe('two runs that store at once', () => {
  const pages = ['one', 'two', 'three', 'four', 'five', 'six'];
  const add = async (page: string, startMs: number): Promise<number> => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'add-answer.ts'), root, page, String(startMs)], { stdio: 'inherit' });
    const [code] = (await once(child, 'exit')) as [number];
    return code;
  };

  test('keep what the other stored: the lock knows the dataset of every answer', async () => {
    // Many stored answers make the lock slow to make, as those of a course do.
    for (let index = 0; index < 300; index += 1) writeTextAtomically(root, `docs/transcripts/other/n${index}.json`, '{"uses": {"datasets": [], "backends": []}}\n');
    const startMs = Date.now() + 1_500;
    expect(await Promise.all(pages.map((page) => add(page, startMs)))).toEqual(pages.map(() => 0));
    expect(Object.keys(readLock(root).datasets).sort()).toEqual([...pages].sort());
    expect(filesOf('.').filter((name) => /\.tmp$|\.busy/.test(name))).toEqual([]);
  });

  test('remember what the other saw pass, and forget what it saw fail', () => {
    const pages = ['a', 'b'].map((id) => ({ id, file: `${id}.mdx`, frontmatter: {}, blocks: [], diagnostics: [] }) as Page);
    const [a, b] = pages as [Page, Page];
    const open = () => openCache(root, 'verify', pages);
    const before = open();
    before.store(a, []);
    before.save();
    const [one, other] = [open(), open()];
    one.forget(a);
    one.save();
    other.store(b, []);
    other.save();
    expect([open().lookUp(a), open().lookUp(b)]).toEqual([undefined, []]);
  });

  test('leave nothing half written of what they remember', () => {
    mkdirSync(join(root, '.cache'));
    fillUp('.cache/verified.json');
    expect(() => openCache(root, 'verify', []).save()).toThrow(/ENOSPC/);
    expect(filesOf('.cache')).toEqual([]);
  });

  test('do not wait for one that was killed while it stored', () => {
    mkdirSync(join(root, 'docs/transcripts'), { recursive: true });
    // No process has this id: Linux counts to 4,194,304 at most.
    writeFileSync(join(root, 'docs/transcripts/lock.busy'), '4194305');
    expect(store('1').broken).toEqual([]);
    expect(readLock(root)).toEqual(lock);
    expect(filesOf('docs/transcripts')).not.toContain('lock.busy');
  });
});
