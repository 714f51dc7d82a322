import { describe, expect, test } from 'vitest';
import { concludeLive } from '../../harness/live.ts';
import type { RunResult } from '../../harness/model/backend.ts';
import { HarnessError } from '../../harness/model/verdict.ts';
import { makeBlock } from '../mutate/support.ts';

const block = makeBlock('up');
const answered: readonly RunResult[] = [{ block, output: undefined, findings: [], elapsedMs: 1 }];
const broke = new HarnessError('backend-lost', 'nobody answered');

describe('a live run', () => {
  test('of a machine that kept time is judged', () => expect(concludeLive('healthy', { results: answered, stallShare: 0.02 }, [block])).toEqual({}));
  test('of one that stood still is not, whatever it answered', () => expect(concludeLive('healthy', { results: answered, stallShare: 0.2 }, [block]).skipReason).toContain('20.0 %'));
  test('that broke there tells both', () => {
    const { skipReason, error } = concludeLive('healthy', { results: [], stallShare: 0.56, broke }, [block]);
    expect([skipReason, error]).toEqual([expect.stringMatching(/56\.0 %.*nobody answered/), undefined]);
  });
  test('that broke on a machine that kept time is an error', () => expect(concludeLive('healthy', { results: [], stallShare: 0.02, broke }, [block])).toEqual({ error: broke }));
  test('that breaks in a way that nobody foresaw says in which incident', () => expect(concludeLive('healthy', { results: [], stallShare: 0, broke: new TypeError('x is not a function') }, [block]).error?.message).toContain('healthy'));
  test('without an answer to a claim is an error', () => expect(concludeLive('healthy', { results: [], stallShare: 0 }, [block]).error?.code).toBe('backend-lost'));
});
