import { expect, test } from 'vitest';
import { RunnerLost, runApart } from '../../harness/backends/sandbox/apart.ts';
import { HarnessError } from '../../harness/model/verdict.ts';

const items = ['a', 'b', 'c', 'd', 'e'];
const { signal } = new AbortController();

/** Runs letters together. @param end throws where these letters cannot be run */
async function runLetters(end: (some: readonly string[], attempt: number) => void, more: { readonly signal?: AbortSignal } = {}): Promise<{ told: string[]; blamed: string[]; thrown: unknown }> {
  const [told, blamed]: [string[], string[]] = [[], []];
  let attempts = 0;
  const run = async (some: readonly string[]): Promise<void> => {
    end(some, attempts += 1);
    told.push(...some);
  };
  const thrown = await runApart(items, { signal, ...more, run, blame: (item) => void blamed.push(item) }).then(() => undefined, (error: unknown) => error);
  return { told, blamed, thrown };
}

test('one that ends its runner is blamed, and all others are told', async () => {
  const ended = await runLetters((some) => { if (some.includes('d')) throw new RunnerLost('killed', true); });
  expect(ended).toEqual({ told: ['a', 'b', 'c', 'e'], blamed: ['d'], thrown: undefined });
});

test('a sandbox that somebody else ended is no block’s doing', async () => {
  expect(await runLetters((_, attempt) => { if (attempt === 1) throw new RunnerLost('killed', true); })).toEqual({ told: items, blamed: [], thrown: undefined });
  // Nor where it happens to a block that is alone already.
  let losses = 0;
  expect(await runLetters((some) => { if (some.includes('a') && (losses += 1) <= 4) throw new RunnerLost('killed', true); })).toMatchObject({ blamed: [], thrown: undefined });
});

test('a runner that crashes by itself is ours, and takes no other answer with it', async () => {
  const crash = new RunnerLost('exit code 1', false);
  expect(await runLetters((some) => { if (some.includes('b')) throw crash; })).toEqual({ told: ['a', 'c', 'd', 'e'], blamed: [], thrown: crash });
});

test('without an engine nothing is tried again, and nobody blamed', async () => {
  const dead = new HarnessError('engine-missing', 'no socket answers');
  let attempts = 0;
  expect(await runLetters((_, attempt) => { attempts = attempt; throw attempt === 1 ? new RunnerLost('gone', true) : dead; })).toEqual({ told: [], blamed: [], thrown: dead });
  expect(attempts).toBe(2);
});

test('interrupted, it ends at once', async () => {
  const interrupt = new AbortController();
  const lost = new RunnerLost('gone', true);
  let attempts = 0;
  expect(await runLetters((_, attempt) => { attempts = attempt; interrupt.abort(); throw lost; }, { signal: interrupt.signal })).toMatchObject({ told: [], blamed: [], thrown: lost });
  expect(attempts).toBe(1);
});
