import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkers } from '../../harness/checkers/index.ts';
import type { CheckContext } from '../../harness/model/checker.ts';
import { commonAttributes, parsePage } from '../../harness/parse/index.ts';
import { findChecker } from '../../harness/model/checker.ts';
import { root } from './check-fixture.ts';
import { smallDataset } from './small-dataset.ts';

const context: CheckContext = { root, allBlocks: [], tool: async () => undefined, datasetOf: () => 'small', dataset: () => smallDataset };
/** A text with a piece cut out and another put in: nearly right, as typing is. */
function spoil(text: string): fc.Arbitrary<string> {
  const piece = fc.constantFrom('', '"', "'", '{', '}', '[', ']', '<', '>', ':', ' ', '\n', '\n\n', '  - ', '#', '$', '--', '/*', '🎉', 'é', '\t', '%', '\\', '0', 'null', '&a ', '*a', '---\n');
  return fc.tuple(fc.nat(text.length), fc.nat(12), piece).map(([at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut));
}

it.each(['sql', 'http', 'dockerfile', 'fluent', 'kubernetes', 'rule-tests', 'dashboard', 'grafana-provisioning'])('%s never throws on spoiled text, and every finding lies in the text and says what to do', async (name) => {
  const file = `tests/checkers/fixtures/${name}.mdx`;
  const checker = checkers.find((one) => one.name === name);
  const blocks = parsePage({ root, file, source: readFileSync(join(root, file), 'utf8'), knownAttributes: commonAttributes }).blocks.filter((block) => findChecker(block, checkers) === checker);
  const spoiled = fc.constantFrom(...blocks).chain((block) => spoil(block.text).map((text) => ({ ...block, text, shownText: text })));
  await fc.assert(fc.asyncProperty(spoiled, async (block) => {
    for (const { rule, range, message } of await checker?.check([block], context, new AbortController().signal) ?? []) {
      expect(Object.keys(checker?.rules ?? {})).toContain(rule);
      expect(message).toMatch(/[.?]$/);
      expect(range.offset).toBeGreaterThanOrEqual(0);
      expect(range.length).toBeGreaterThanOrEqual(0);
      expect(range.offset + range.length).toBeLessThanOrEqual(block.text.length);
    }
  }), { numRuns: 400 });
}, 30_000);
