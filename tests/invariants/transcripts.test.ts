import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { backends } from '../../harness/backends/index.ts';
import { checkers } from '../../harness/checkers/index.ts';
import { imageNames, readImageSpec } from '../../harness/backends/engine-specs.ts';
import { datasetsOf, parsePage, transcriptKey } from '../../harness/parse/index.ts';
import { planBlocks } from '../../harness/plan/plan.ts';
import { selectPages } from '../../harness/pages.ts';
import { formatJson, parseTranscript } from '../../harness/record/format.ts';
import { listTranscripts, readLock, readText, transcriptFile } from '../../harness/record/store.ts';
import schema from '../../harness/record/transcript.schema.json' with { type: 'json' };
import { openWorld } from '../../harness/world.ts';

const root = resolve(import.meta.dirname, '../..');
const pages = selectPages(root, [], root, () => undefined).map((file) => parsePage({ root, file }));
const pageOf = new Map(pages.map((page) => [page.id, page]));
const specs = imageNames(root).map((name) => readImageSpec(root, name));
const world = openWorld(root, backends, (image) => specs.find((spec) => spec.name === image)?.version ?? 'unknown');
const plan = planBlocks({ pages, checkers, datasetsOf, displayAttributes: [], explainBadDataset: () => undefined, today: '2026-01-01' });
const executed = plan.blocks.flatMap(({ block, action }) => (action.kind === 'run' ? [{ block, action, file: transcriptFile(block.page, block.name ?? '') }] : []));

test('there are answers to look at', () => {
  expect(executed.length).toBeGreaterThan(20);
});

test('every executed block has a stored answer, and every stored answer a block', () => {
  expect(executed.map(({ file }) => file).sort()).toEqual(listTranscripts(root));
});

test.each(listTranscripts(root))('%s follows the schema, byte for byte as the harness writes it', (file) => {
  const validate = new Ajv2020({ strict: false }).compile(schema);
  const text = readText(root, file) ?? '';
  expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
  expect(formatJson(parseTranscript(text))).toBe(text);
});

test.each(executed)('the answer in $file is of the block as it stands: its key, its datasets, its backend', ({ block, action, file }) => {
  const { key, uses, dataset } = parseTranscript(readText(root, file) ?? '');
  expect(uses).toEqual({ datasets: [...new Set(action.datasets)].sort(), backends: [action.backend] });
  expect(dataset, 'the clock of the answer is that of the first dataset').toBe(action.datasets[0]);
  if (uses.datasets.length > 0) expect(datasetsOf(block, pageOf.get(block.page) ?? { frontmatter: {} }).sort()).toEqual(uses.datasets);
  expect(transcriptKey(block, uses, readLock(root))).toBe(key);
});

test('the lock is what datasets and backends are now, and holds nothing else', () => {
  const all = listTranscripts(root).map((file) => parseTranscript(readText(root, file) ?? '').uses);
  const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();
  expect(readLock(root)).toEqual(world.lockOf({ datasets: unique(all.flatMap((uses) => uses.datasets)), backends: unique(all.flatMap((uses) => uses.backends)) }));
  // Simulates every dataset of the course.
}, 240_000);

test('answers have the same line endings on every machine', () => {
  const files = [...listTranscripts(root), 'docs/transcripts/lock.json'];
  const attributes = execFileSync('git', ['check-attr', 'text', 'eol', '--', ...files], { cwd: root, encoding: 'utf8' }).trim().split('\n');
  expect(attributes.filter((line) => !/: (?:text: set|eol: lf)$/.test(line))).toEqual([]);
  expect(files.filter((file) => readFileSync(join(root, file)).includes('\r'))).toEqual([]);
});
