import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Block } from '../../harness/model/block.ts';
import type { PlannedBlock } from '../../harness/model/plan.ts';
import type { TranscriptLock } from '../../harness/model/transcript.ts';
import { recordAnswers } from '../../harness/record/answers.ts';
import { readLock, writeTextAtomically, lockFile } from '../../harness/record/store.ts';

let root: string;
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'lock-')); });
afterEach(() => { rmSync(root, { recursive: true }); });

const block = { id: 'p#a', page: 'p', name: 'a', attributes: new Map() } as unknown as Block;
const planned = [{ block, action: { kind: 'run', backend: 'prometheus', datasets: ['lag'] } }] as unknown as PlannedBlock[];
const lock: TranscriptLock = { formatVersion: 1, datasets: { lag: { sha256: 'a', startMs: 0, endMs: 1 } }, backends: { prometheus: { version: '1', configSha256: 'b' } } };
const answered = new Map([[block.id as string, { output: { kind: 'vector', atMs: 0, samples: [] } as const, diagnostics: [], versions: [{ name: 'prometheus', version: '1' }] }]]);
const record = (update: boolean) => recordAnswers({ planned, answered, backends: [], root, update, keyOf: () => 'a'.repeat(32), lockOf: () => lock });

test('a lock that is not what the answers were made from fails, and only while the answers are right', () => {
  record(true);
  expect(record(false).lock).toEqual([]);
  writeTextAtomically(root, lockFile, JSON.stringify({ ...lock, datasets: {} }));
  expect(record(false).lock).toMatchObject([{ ruleId: 'transcript/stale-lock', place: { file: 'docs/transcripts/lock.json' }, message: expect.stringContaining('--update') }]);
});

test('--update drops what no stored answer uses', () => {
  record(true);
  writeTextAtomically(root, lockFile, JSON.stringify({ ...lock, datasets: { ...lock.datasets, gone: { sha256: 'x', startMs: 0, endMs: 1 } } }));
  record(true);
  expect(readLock(root)).toEqual(lock);
});
