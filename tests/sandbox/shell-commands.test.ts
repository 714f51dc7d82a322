import { afterAll, beforeAll, expect, test } from 'vitest';
import { absentCommands, runnableCommands, sandboxPrograms } from '../../harness/checkers/shell/commands.ts';
import type { StartedContainer } from '../../harness/model/backend.ts';
import { openContext, signal } from './engine.ts';

const stack = new AsyncDisposableStack();
let sandbox: StartedContainer;
beforeAll(async () => {
  const { engine } = await openContext(stack);
  sandbox = stack.use(await engine.start({ image: 'sandbox', confined: true, aliases: [], command: ['sleep', 'infinity'], ports: [] }, signal));
}, 120_000);
afterAll(() => stack.disposeAsync(), 30_000);

/** Those of the names that bash in the sandbox finds. */
async function findAll(names: Iterable<string>): Promise<string[]> {
  const { stdout } = await sandbox.exec(['bash', '-c', 'for name; do type -t -- "$name" > /dev/null && echo "$name"; done', 'bash', ...names]);
  return stdout.split('\n').filter(Boolean).sort();
}

test('everything that the checker takes for runnable is there', async () => {
  expect(await findAll(runnableCommands)).toEqual([...runnableCommands].sort());
  expect(sandboxPrograms.length).toBeGreaterThan(50);
});

test('nothing is both in the sandbox and not', () => {
  expect([...runnableCommands].filter((name) => absentCommands.has(name))).toEqual([]);
});

test('the tools of the course work without the outside', async () => {
  for (const tool of ['promtool --version', 'amtool --version', 'logcli --version', 'jq --version', 'curl --version']) {
    expect([tool, (await sandbox.exec(['bash', '-c', tool])).exitCode]).toEqual([tool, 0]);
  }
});
