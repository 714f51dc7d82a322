import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Block } from '../../harness/model/block.ts';
import type { PlannedBlock } from '../../harness/model/plan.ts';
import type { TranscriptLock } from '../../harness/model/transcript.ts';
import { recordAnswers } from '../../harness/record/answers.ts';
import { FileTrouble } from '../../harness/record/trouble.ts';

let root: string;
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'trouble-')); });
afterEach(() => { rmSync(root, { recursive: true }); });

const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
};
const lock: TranscriptLock = { formatVersion: 1, datasets: { lag: { sha256: 'a', startMs: 0, endMs: 1 } }, backends: { prometheus: { version: '1', configSha256: 'b' } } };
const planned = ['p#a', 'p#b', 'q#c'].map((id) => ({
  block: { id, page: id[0], name: id[2], attributes: new Map(), fence: { file: 'p' } } as unknown as Block, action: { kind: 'run', backend: 'prometheus', datasets: ['lag'] },
})) as unknown as PlannedBlock[];
const answered = new Map(planned.map(({ block }) => [block.id as string, { output: { kind: 'vector', atMs: 0, samples: [] } as const, diagnostics: [], versions: [{ name: 'prometheus', version: '1' }] }]));
const record = (update: boolean) => recordAnswers({ planned, answered, backends: [], root, update, keyOf: () => 'a'.repeat(32), lockOf: () => lock });

test.each([true, false])('a folder that cannot be reached strikes its own blocks, with one error, and no others (update: %s)', (update) => {
  // A file where a folder belongs: refused to every user, root too.
  write('docs/transcripts/p', '');
  const { errors, diagnostics, changes } = record(update);
  expect([...errors.keys()]).toEqual(['p#a', 'p#b']);
  expect(new Set(errors.values()).size).toBe(1);
  expect(errors.get('p#a')).toMatchObject({ code: 'io-failed', message: expect.stringContaining('docs/transcripts/'), cause: { code: expect.stringMatching(/ENOTDIR|EEXIST/) } });
  if (update) expect(changes).toContainEqual(expect.objectContaining({ file: 'docs/transcripts/q/c.json' }));
  else expect([...diagnostics.keys()]).toEqual(['q#c']);
});

test('a lock that cannot be written is told apart from the answers, which are stored', () => {
  mkdirSync(join(root, 'docs/transcripts/lock.json'), { recursive: true });
  const { errors, broken, changes } = record(true);
  expect(errors.size).toBe(0);
  expect(changes.map(({ file }) => file)).toEqual(['docs/transcripts/p/a.json', 'docs/transcripts/p/b.json', 'docs/transcripts/q/c.json']);
  expect(broken).toMatchObject([{ code: 'io-failed', message: expect.stringContaining('docs/transcripts/lock.json cannot be reached: the file system says EISDIR') }]);
});

test('a lock with the marks of a merge in it is a mistake, and --update mends it', () => {
  record(true);
  write('docs/transcripts/lock.json', '<<<<<<< yours\n{}\n=======\n{}\n>>>>>>> theirs\n');
  expect(record(false).lock).toMatchObject([{ ruleId: 'transcript/stale-lock' }]);
  record(true);
  expect(record(false).lock).toEqual([]);
});

test('what is no refusal of the file system is thrown: it is a fault of ours', () => {
  expect(() => new FileTrouble().attempt('x', () => { throw new TypeError('undefined is no function'); })).toThrow(TypeError);
});
