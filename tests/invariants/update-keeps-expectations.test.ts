import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Block } from '../../harness/model/block.ts';
import type { PlannedBlock } from '../../harness/model/plan.ts';
import type { Output } from '../../harness/model/transcript.ts';
import { parsePage, transcriptKey } from '../../harness/parse/index.ts';
import { recordAnswers } from '../../harness/record/answers.ts';
import { judgeAnswer } from '../../harness/run/judge-answer.ts';

const one: Output = { kind: 'vector', atMs: 0, samples: [{ labels: {}, value: '1' }] };
const none: Output = { kind: 'vector', atMs: 0, samples: [] };
let root: string;
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'update-')); });
afterEach(() => { rmSync(root, { recursive: true }); });

/** What `--update` does with an answer to a block with these attributes. */
function update(attributes: string, output: Output, datasets: readonly string[] = ['lag']): { block: Block; stored: boolean; changes: number } {
  const page = parsePage({ root, file: 'docs/content/docs/p.mdx', source: `\`\`\`promql name=a ${attributes}\nup\n\`\`\`\n` });
  const block = page.blocks[0] as Block;
  const planned = [{ block, action: { kind: 'run', backend: 'prometheus', datasets } }] as unknown as PlannedBlock[];
  const answer = { output, diagnostics: judgeAnswer(block, output), versions: [{ name: 'prometheus', version: '1' }] };
  const { changes } = recordAnswers({
    planned, answered: new Map([[block.id, answer]]), backends: [], root, update: true, keyOf: transcriptKey,
    lockOf: (uses) => ({
      formatVersion: 1,
      datasets: Object.fromEntries(uses.datasets.map((name) => [name, { sha256: 'a', startMs: 0, endMs: 1 }])),
      backends: { prometheus: { version: '1', configSha256: 'b' } },
    }),
  });
  return { block, stored: existsSync(join(root, 'docs/transcripts/p/a.json')), changes: changes.length };
}

test('an answer that its page relies on is stored, and only under docs/transcripts', () => {
  expect(update('expect="value == 1"', one).stored).toBe(true);
  expect(update('empty', none).stored).toBe(true);
  expect(readdirSync(root)).toEqual(['docs']);
  expect(readdirSync(join(root, 'docs'))).toEqual(['transcripts']);
});

test.each([
  ['an unmet expectation', 'expect="value == 2"', one],
  ['an empty answer', '', none],
  ['an answer where there should be none', 'empty', one],
])('%s is never stored: the block still says what it said', (_name, attributes, output) => {
  expect(update(attributes, output)).toMatchObject({ stored: false, changes: 0 });
});
