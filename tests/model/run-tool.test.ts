import { expect, test } from 'vitest';
import { runTool } from '../../harness/model/run-tool.ts';

const { signal } = new AbortController();
const shell = (script: string, more: Partial<Parameters<typeof runTool>[2]> = {}): ReturnType<typeof runTool> => runTool('sh', ['-c', script], { signal, ...more });

test('what it says and its exit code come back, also when it refuses', async () =>
  expect(await shell('echo to the one; echo to the other >&2; exit 3')).toEqual({ code: 3, stdout: 'to the one\n', stderr: 'to the other\n' }));

test('it reads what it is given, where and with what it is told to', async () =>
  expect(await shell('cat; pwd; echo "$TMPDIR"', { input: 'text\n', cwd: '/', env: { TMPDIR: '/nowhere' } })).toMatchObject({ stdout: 'text\n/\n/nowhere\n' }));

test('one that ends before it has read everything is no fault', async () =>
  expect(await shell('exit 0', { input: 'x'.repeat(4_000_000) })).toMatchObject({ code: 0 }));

test.each(['checker-crashed', 'backend-lost'] as const)('one that cannot be started is %s, with a way out', (failure) =>
  expect(runTool('/nowhere/promtool', [], { signal, failure })).rejects.toMatchObject({ code: failure, message: expect.stringMatching(/^promtool could not be run: .*`npm run images`/) }));

test('one that a signal ends has no verdict', () => expect(shell('echo half >&2; kill -9 $$')).rejects.toMatchObject({ code: 'checker-crashed', logTail: 'half\n' }));

test('an interrupted run is told as that', async () => {
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  await expect(shell('sleep 20', { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' });
});
