import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatJson, parseTranscript } from '../../harness/record/format.ts';
import { recordTranscript } from '../../harness/record/record.ts';
import { sweepTranscripts } from '../../harness/record/sweep.ts';
import { writeTextAtomically } from '../../harness/record/store.ts';
import schema from '../../harness/record/transcript.schema.json' with { type: 'json' };
import type { Block, Page } from '../../harness/model/block.ts';
import type { Output, Transcript } from '../../harness/model/transcript.ts';

const fence = { file: 'docs/content/docs/day-1/lag.mdx', start: { line: 7, column: 1 }, end: { line: 7, column: 20 } };
const block = { id: 'day-1/lag#p99', page: 'day-1/lag', name: 'p99', fence, attributes: new Map() } as unknown as Block;
const page = { id: 'day-1/lag', file: fence.file, blocks: [block], diagnostics: [] } as unknown as Page;
const transcript = (output: Output, key = 'a'.repeat(32)): Transcript =>
  ({ formatVersion: 1, block: block.id, key, uses: { datasets: ['checkout-lag'], backends: ['prometheus'] }, dataset: 'checkout-lag', backends: [{ name: 'prometheus', version: '3.14.0' }], output });
const vector = (value: string): Output => ({ kind: 'vector', atMs: 1, samples: [{ labels: { service: 'checkout' }, value }] });

let root: string;
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'record-')); });
afterEach(() => { rmSync(root, { recursive: true }); });
const stored = (): string => readFileSync(join(root, 'docs/transcripts/day-1/lag/p99.json'), 'utf8');
const exact = { update: false, normalise: undefined };

describe('storing and comparing', () => {
  test('without an answer stored, the block fails and names the command', () => {
    const { diagnostics } = recordTranscript(block, transcript(vector('1')), { root, ...exact });
    expect(diagnostics).toMatchObject([{ ruleId: 'transcript/missing', place: fence, message: expect.stringContaining('npm run verify -- --update day-1/lag') }]);
  });

  test('--update stores, the same answer then compares equal, another one fails with both values', () => {
    expect(recordTranscript(block, transcript(vector('1')), { root, update: true, normalise: undefined }).change?.change).toBe('added');
    expect(recordTranscript(block, transcript(vector('1')), { root, ...exact })).toEqual({ diagnostics: [], change: undefined, compared: true });
    const { diagnostics } = recordTranscript(block, transcript(vector('2')), { root, ...exact });
    expect(diagnostics[0]?.ruleId).toBe('transcript/changed');
    expect(diagnostics[0]?.message).toMatch(/-.*"value":"1"[\s\S]*\+.*"value":"2"/);
    expect(parseTranscript(stored()).output).toEqual(vector('1'));
  });

  test('the same answer under another key is stale', () => {
    recordTranscript(block, transcript(vector('1')), { root, update: true, normalise: undefined });
    const { diagnostics } = recordTranscript(block, transcript(vector('1'), 'b'.repeat(32)), { root, ...exact });
    expect(diagnostics[0]?.ruleId).toBe('transcript/stale');
  });

  test('a live answer is rewritten only when its normalised form differs', () => {
    const normalise = (output: Output): unknown => (output.kind === 'process' ? output.stdout.replace(/\d+/g, 'N') : output);
    const process = (stdout: string): Output => ({ kind: 'process', stdout, stderr: '', exitCode: 0 });
    recordTranscript(block, transcript(process('took 12 ms')), { root, update: true, normalise });
    const before = stored();
    expect(recordTranscript(block, transcript(process('took 99 ms')), { root, update: true, normalise }).compared).toBe(true);
    expect(stored()).toBe(before);
    expect(recordTranscript(block, transcript(process('failed')), { root, update: false, normalise }).diagnostics[0]?.ruleId).toBe('transcript/changed');
  });

  test('a truncated transcript is unreadable, not equal', () => {
    recordTranscript(block, transcript(vector('1')), { root, update: true, normalise: undefined });
    writeFileSync(join(root, 'docs/transcripts/day-1/lag/p99.json'), stored().slice(0, 40));
    expect(recordTranscript(block, transcript(vector('1')), { root, ...exact }).diagnostics[0]?.ruleId).toBe('transcript/unreadable');
  });
});

describe('orphans', () => {
  const planned = [{ block, action: { kind: 'run' } }] as unknown as Parameters<typeof sweepTranscripts>[0]['planned'];
  test('a transcript without a block fails, and goes with --update', () => {
    recordTranscript(block, transcript(vector('1')), { root, update: true, normalise: undefined });
    writeTextAtomically(root, 'docs/transcripts/day-1/lag/gone.json', '{}\n');
    const input = { pages: [page], planned, known: [page], everything: false, root };
    expect(sweepTranscripts({ ...input, update: false }).diagnostics).toMatchObject([{ ruleId: 'transcript/orphan', place: { file: 'docs/transcripts/day-1/lag/gone.json' } }]);
    expect(sweepTranscripts({ ...input, update: true }).changes).toMatchObject([{ change: 'removed' }]);
    expect(readdirSync(join(root, 'docs/transcripts/day-1/lag'))).toEqual(['p99.json']);
  });

  test('answers of a page that cannot be parsed stay, with --update too: its blocks are only out of sight', () => {
    recordTranscript(block, transcript(vector('1')), { root, update: true, normalise: undefined });
    const broken = { ...page, blocks: [], diagnostics: [{ ruleId: 'mdx/syntax-error', level: 'error' }] } as unknown as Page;
    const input = { pages: [broken], planned: [], known: [broken], everything: true, root };
    expect(sweepTranscripts({ ...input, update: false })).toEqual({ diagnostics: [], changes: [] });
    expect(sweepTranscripts({ ...input, update: true })).toEqual({ diagnostics: [], changes: [] });
    expect(parseTranscript(stored()).output).toEqual(vector('1'));
  });

  test('a folder whose page is gone fails only when every page was looked at', () => {
    writeTextAtomically(root, 'docs/transcripts/day-1/removed/a.json', '{}\n');
    const input = { pages: [page], planned, known: [page], root, update: false };
    expect(sweepTranscripts({ ...input, everything: true }).diagnostics).toHaveLength(1);
    expect(sweepTranscripts({ ...input, everything: false }).diagnostics).toEqual([]);
  });
});

test('a failed write leaves what was there, and no half-written file', () => {
  writeTextAtomically(root, 'docs/transcripts/a.json', 'old');
  mkdirSync(join(root, 'docs/transcripts/b.json'));
  expect(() => writeTextAtomically(root, 'docs/transcripts/b.json', 'new')).toThrow();
  expect(readdirSync(join(root, 'docs/transcripts')).sort()).toEqual(['a.json', 'b.json']);
});

test('formatting is JSON again, whatever is in it, and the same value gives the same bytes', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    expect(JSON.parse(formatJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    expect(formatJson(structuredClone(value))).toBe(formatJson(value));
  }));
});

describe('the schema', () => {
  const validate = new Ajv2020({ strict: false }).compile(schema);
  test('takes a transcript', () => {
    expect(validate(JSON.parse(formatJson(transcript(vector('0.25')))))).toBe(true);
  });
  test.each([['a number for a value', { ...transcript(vector('1')), output: { kind: 'vector', atMs: 1, samples: [{ labels: {}, value: 1 }] } }], ['a key of another length', transcript(vector('1'), 'abc')]])('refuses %s', (_name, bad) => {
    expect(validate(JSON.parse(JSON.stringify(bad)))).toBe(false);
  });
});
