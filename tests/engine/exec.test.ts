import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Docker } from '../../harness/backends/engine-client.ts';
import { execIn } from '../../harness/backends/engine-exec.ts';

/** An engine that answers with what is given: a real one hangs only when a container goes at the wrong moment. */
function engine(exec: () => Promise<unknown>): Docker {
  return { modem: { demuxStream: () => undefined }, getContainer: () => ({ exec }) } as unknown as Docker;
}
const never = new Promise<never>(() => {});
const hanging: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['the engine never says that the program exists', () => never],
  ['the engine never starts it', async () => ({ start: () => never })],
  ['its output never ends', async () => ({ start: async () => new PassThrough({ emitClose: false }) })],
  ['the engine never says how it ended', async () => ({ start: async () => new PassThrough().end().resume(), inspect: () => never })],
];

test.each(hanging)('an interruption ends the wait where %s', async (_, exec) => {
  const interrupt = new AbortController();
  const asked = execIn(engine(exec), 'id', ['true'], { signal: interrupt.signal });
  setImmediate(() => interrupt.abort());
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
});

test('a stream that opens after the interruption is closed: it would keep the process alive', async () => {
  const interrupt = new AbortController();
  const late = Promise.withResolvers<PassThrough>();
  const asked = execIn(engine(async () => ({ start: () => late.promise })), 'id', ['true'], { signal: interrupt.signal });
  setImmediate(() => interrupt.abort());
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  const stream = new PassThrough();
  const closed = new Promise((resolve) => stream.once('close', resolve));
  late.resolve(stream);
  await closed;
  expect(stream.destroyed).toBe(true);
});
