import { appendFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { repository } from '../support/course.ts';
import { freePort } from '../support/free-port.ts';
import { writeCourse } from './fixtures/course.ts';

vi.setConfig({ testTimeout: 300_000 });

test('a setting that is touched while the server starts costs no page, and is read afterwards', async () => {
  const root = writeCourse('steady-start');
  const port = await freePort();
  const server = spawn(process.execPath, [join(repository, 'docs/build.mjs'), 'dev', '--port', String(port)], { cwd: root, env: { ...process.env, COURSE_ROOT: root, COURSE_PREVIEW: join(root, '.cache/dev') }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const says = (words: string): Promise<unknown> => vi.waitFor(() => expect(said).toContain(words), { timeout: 90_000, interval: 5 });
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk: Buffer) => void (said += chunk.toString()));
  try {
    // The first of its parts is there: what it begins now must not be cut off.
    await says('[vite] connected');
    // Again and again: when it begins to see what happens to files is not said.
    const saving = setInterval(() => appendFileSync(join(root, 'astro.config.mjs'), '// saved\n'), 100);
    await says('watching for file changes').finally(() => clearInterval(saving));
    await says('server restarted');
    // Saved more than once, it may start anew more than once; without its pages it would say 404 for ever.
    await vi.waitFor(async () => expect((await fetch(`http://localhost:${port}/day-1/checkout-lag/`)).status, said).toBe(200), { timeout: 60_000, interval: 500 });
    expect(said.indexOf('watching for file changes')).toBeLessThan(said.indexOf('Restarting'));
  } finally {
    server.kill('SIGTERM');
    await once(server, 'close');
  }
});
