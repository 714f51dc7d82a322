import { expect, test } from 'vitest';
import { restate } from '../../harness/backends/shop/run-live.ts';
import type { Block, Expectation } from '../../harness/model/block.ts';
import { makeBlock } from '../mutate/support.ts';

const plan = { scale: 60, traffic: 8 };
const claim = (attributes: Record<string, string>, more: Partial<Expectation> = {}): Block => ({ ...makeBlock('up', { attributes }), expectation: { claim: 'So.', signal: 'metrics', visible: true, proven: 'both', ...more } });
const heldOf = (block: Block): unknown[] => ['expect', 'control'].map((name) => block.attributes.get(name)?.value);

test('figures of the dataset are not asked of a live run, nor is another dataset', () => {
  expect(heldOf(restate(claim({ expect: 'value > 1; value < 1.2' }, { claimed: 'value > 1' }), plan))).toEqual(['value > 1', undefined]);
  expect(heldOf(restate(claim({ empty: 'true', expect: 'count == 2', control: 'other@10:05' }, { claimed: undefined }), plan))).toEqual([undefined, undefined]);
  expect(heldOf(restate(claim({ expect: 'value > 1' }), plan))).toEqual(['value > 1', undefined]);
  expect(heldOf(restate(claim({ expect: 'value > 1; value < 1.2' }, { claimed: 'value > 1' }), { ...plan, expect: { block: 'value > 0.5' } }))).toEqual(['value > 0.5', undefined]);
});
