import { expect, test } from 'vitest';
import type { Engine } from '../../harness/model/backend.ts';
import type { Report } from '../../harness/model/report.ts';
import type { Session } from '../../harness/session.ts';
import { watch, type Show } from '../../harness/watch.ts';
import { makeCourse } from '../support/course.ts';

const PAGE = 'docs/content/docs/page.mdx';
const silent: Show = { begin: () => {}, checked: () => {}, done: () => {}, ended: () => {} };
const passed = { errors: [], verdicts: [], pageDiagnostics: [] } as unknown as Report;

/** Watches a course whose runs do what the test says. */
function start(verify: Session['verify'], show: Partial<Show>, { idleMs = 60_000, openEngine = (): Promise<Engine> => Promise.reject(new Error('no engine')) } = {}) {
  const course = makeCourse({ page: 'Text.\n' });
  const interrupt = new AbortController();
  const ended = watch({ root: course.root, session: { openEngine, versionOf: () => '1', verify }, select: () => [PAGE], idleMs, signal: interrupt.signal, show: { ...silent, ...show } })
    .catch((error: Error) => error).finally(() => course[Symbol.dispose]());
  return { course, end: () => { interrupt.abort(); return ended; } };
}

test('a save during a run ends that run, and what it left is judged with the next', async () => {
  const runs: string[] = [];
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const watching = start(async (files, { signal } = {}) => {
    runs.push(files.join());
    if (runs.length > 1) return passed;
    first.resolve();
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    return passed;
  }, { done: () => second.resolve() });
  await first.promise;
  watching.course.write('docs/content/docs/other.mdx', 'Not selected.\n');
  await second.promise;
  await watching.end();
  expect(runs).toEqual([PAGE, PAGE]);
});

test('a page that is not among the selected ones starts no run', async () => {
  let runs = 0;
  const [idle, quiet] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const watching = start(async () => { runs += 1; return passed; }, {
    done: () => (runs === 1 ? idle.resolve() : quiet.resolve()),
  });
  await idle.promise;
  watching.course.write('docs/content/docs/other.mdx', 'Not selected.\n');
  watching.course.write(PAGE, 'Changed.\n');
  await quiet.promise;
  await watching.end();
  expect(runs).toBe(2);
});

test('containers end when nobody saves for a while; the next save starts them anew', async () => {
  let [opened, disposed, runs] = [0, 0, 0];
  const engine = { network: async () => ({}), digests: new Map(), [Symbol.asyncDispose]: async () => void (disposed += 1) } as unknown as Engine;
  const [idle, again] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()];
  const watching = start(async (_files, { warm } = {}) => {
    await warm?.stack.open();
    runs += 1;
    return passed;
  }, { ended: idle.resolve, done: () => { if (runs === 2) again.resolve(); } }, { idleMs: 50, openEngine: async () => { opened += 1; return engine; } });
  expect(await idle.promise).toContain('nothing was saved');
  expect([opened, disposed]).toEqual([1, 1]);
  watching.course.write(PAGE, 'Changed.\n');
  await again.promise;
  expect(opened).toBe(2);
  await watching.end();
  expect(disposed).toBe(2);
});
