import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jaeger } from '../../harness/checkers/jaeger.ts';
import { json } from '../../harness/checkers/json.ts';
import { logql } from '../../harness/checkers/logql.ts';
import { promql } from '../../harness/checkers/promql.ts';
import type { Block } from '../../harness/model/block.ts';
import type { CheckContext } from '../../harness/model/checker.ts';
import { parsePage } from '../../harness/parse/index.ts';
import { root } from './check-fixture.ts';
import { smallDataset } from './small-dataset.ts';

const context: CheckContext = { root, allBlocks: [], tool: async () => undefined, datasetOf: () => 'small', dataset: () => smallDataset };
const [template] = parsePage({ root, file: 'page.mdx', source: '```text name=x\nx\n```' }).blocks;

function blockOf(language: string, text: string): Block {
  if (template === undefined) throw new Error('the template has no block');
  return { ...template, language, text, shownText: text };
}
/** A valid query with a piece cut out and another put in: nearly right, as typing is. */
function spoiled(valid: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.constantFrom('', '(', ')', '{', '}', '[', ']', '"', "'", '`', '=', '=~', '|', ',', '$x', '{{y}}', '🎉', 'é', '\n', '#', '5m', 'rate');
  return fc.tuple(fc.constantFrom(...valid), fc.nat(120), fc.nat(6), piece).map(([text, at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut));
}

it.each([
  [promql, 'promql', ['sum by (service) (rate(http_requests_total{status=~"5..", route=\'/checkout\'}[1m])) / on (service) up', 'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m] offset 1h)))']],
  [logql, 'logql', ['topk(3, sum by (event) (count_over_time({level="error"} |= "declined" | json | duration_ms > 2s and x=`a` [5m])))', '{service=~"a|b"} | json y="z.w" | label_format c=y | line_format "{{.c}}"']],
  [jaeger, 'jaeger', ['service=checkout\noperation=POST /checkout\ntags={"user.role":"vip"}\nminDuration=1.5s\nlimit=20']],
  [json, 'jsonl', ['{"ts":"x","level":"info","service":"checkout","a":[1,{"b":null}]}\n{"c":1}']],
] as const)('never throws on spoiled text, and every finding lies in the text (%#)', async (checker, language, valid) => {
  await fc.assert(fc.asyncProperty(fc.oneof(spoiled(valid), fc.string({ unit: 'grapheme', maxLength: 40 })), async (text) => {
    const found = await checker.check([blockOf(language, text)], context, new AbortController().signal);
    for (const { rule, range, message } of found) {
      expect(Object.keys(checker.rules)).toContain(rule);
      expect(message).toMatch(/^Found [^]*, (?:expected|which) /);
      expect(range.offset).toBeGreaterThanOrEqual(0);
      expect(range.length).toBeGreaterThanOrEqual(0);
      expect(range.offset + range.length).toBeLessThanOrEqual(text.length);
    }
  }), { numRuns: 300 });
});
