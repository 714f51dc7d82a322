import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandbox } from '../../harness/backends/sandbox.ts';
import type { RunResult } from '../../harness/model/backend.ts';
import type { Block } from '../../harness/model/block.ts';
import { makeBlock } from '../sandbox/block.ts';
import { openContext, runBlocks, startBackend } from '../sandbox/engine.ts';

/** For three seconds ends its neighbours, as they come: other blocks, and not who runs them. */
const ends = (signal: string): Block => ({ ...makeBlock(`import os, signal, time
end = time.monotonic() + 3
while time.monotonic() < end:
    for name in os.listdir('/proc'):
        if name.isdigit() and int(name) not in (os.getpid(), os.getppid()):
            try:
                if b'/scratch/' in open(f'/proc/{name}/cmdline', 'rb').read():
                    os.kill(int(name), signal.${signal})
            except OSError:
                pass
    time.sleep(0.01)
print('done')`, { name: `ends-by-${signal}` }), language: 'python' });
/** Each is there long enough to be hit. */
const slow = (name: string): Block => makeBlock("await new Promise((resolve) => setTimeout(resolve, 400));\nconsole.log('still here');", { name });
const blocks = [ends('SIGTERM'), slow('one'), slow('two'), ends('SIGKILL'), slow('three'), slow('four')];

const stack = new AsyncDisposableStack();
let results: Map<string, RunResult>;
beforeAll(async () => {
  results = await runBlocks(stack.use(await startBackend(sandbox, await openContext(stack))), blocks);
}, 120_000);
afterAll(() => stack.disposeAsync(), 30_000);

test.each(['one', 'two', 'three', 'four'])('%s is judged as ever, whoever ends it meanwhile', (name) => {
  expect(results.get(name)).toMatchObject({ findings: [], output: { exitCode: 0, stdout: 'still here\n' } });
});

/** Ends itself, or takes too much: nobody else can be blamed for that. */
test('a block that is ended by its own doing is told so', async () => {
  const own = [makeBlock("process.kill(process.pid, 'SIGTERM');\nawait new Promise((resolve) => setTimeout(resolve, 5_000));", { name: 'own-doing' }), slow('beside')];
  const again = await runBlocks(stack.use(await startBackend(sandbox, await openContext(stack))), own);
  expect(again.get('own-doing')?.findings).toMatchObject([{ rule: 'killed', message: expect.stringContaining('SIGTERM') }]);
  expect(again.get('beside')).toMatchObject({ findings: [] });
}, 60_000);
