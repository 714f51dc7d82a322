import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeClone, npm, outcomeOf } from './fake-clone.ts';

vi.setConfig({ testTimeout: 30_000 });

let clone: FakeClone;
beforeEach(() => {
  clone = new FakeClone();
  clone.program('npm', npm);
});
afterEach(() => clone[Symbol.dispose]());

it('says how it is used', async () => {
  const { code, stdout } = await clone.run([]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: npm run <command>/);
  expect((await clone.run(['--help'])).stdout).toBe(stdout);
});

it('names the commands that there are when one is unknown, and brings nothing', async () => {
  const { code, stderr } = await clone.run(['verfiy']);
  expect(code).toBe(2);
  expect(stderr).toBe('error: there is no command "verfiy"; there are: verify, check, merge, images, simulate, mutate, stop, scan, bench, edition, soak, exercise, schedule, pdfua, lighthouse, epubcheck, test, build, dev\n');
  expect(clone.read('npm.log')).toBeUndefined();
});

it('installs packages on a fresh clone, says so, and is silent from then on', async () => {
  const first = await clone.run(['verify', 'day-1', '--update']);
  expect(first).toMatchObject({ code: 0, stdout: '["verify","day-1","--update"]\n' });
  expect(first.stderr).toMatch(/^bringing packages \(npm ci\) …\nbrought packages \(npm ci\) in \d+s\n$/);
  expect(clone.read('npm.log')).toBe(`${clone.root} ci --no-audit --no-fund\n`);
  expect(await clone.run(['check'])).toEqual({ code: 0, stdout: '["check"]\n', stderr: '' });
  expect(clone.read('npm.log')?.split('\n')).toHaveLength(2);
});

it('installs packages again when the lock file has changed', async () => {
  await clone.run(['check']);
  clone.write('package-lock.json', '{"lockfileVersion": 3, "packages": {}}');
  await clone.run(['check']);
  expect(clone.read('npm.log')?.trim().split('\n')).toHaveLength(2);
});

it('does not take a killed install for an installed one', async () => {
  clone.program('npm', `${npm}; exit 1`);
  const { code, stderr, stdout } = await clone.run(['check']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('error: npm ci --no-audit --no-fund failed with exit code 1');
  clone.program('npm', npm);
  expect((await clone.run(['check'])).stderr).toContain('brought packages');
});

it('lets one of two commands install, while the other waits', async () => {
  const both = await Promise.all([clone.run(['check']), clone.run(['verify'])]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(clone.read('npm.log')?.trim().split('\n')).toHaveLength(1);
});

it('says what to install when there is no npm', async () => {
  const { code, stderr } = await clone.run(['check'], { PATH: '/nowhere' });
  expect(code).toBe(2);
  expect(stderr).toMatch(/error: npm could not be run .*Install it, then run this again\./);
});

it.each([[0, 0], [1, 1], [2, 2], [7, 7]])('passes the exit code %i on', async (wanted, found) => {
  clone.write('harness/main.ts', `process.exitCode = ${wanted};`);
  expect((await clone.run(['verify'])).code).toBe(found);
});

it('gives the command a PATH on which the recent Node comes first', async () => {
  clone.write('harness/main.ts', 'console.log(process.env.PATH?.split(":")[0]);');
  expect((await clone.run(['check'])).stdout.trim()).toBe(join(process.execPath, '..'));
});

it.each(['SIGINT', 'SIGTERM'] as const)('passes one %s on, waits for the end, and answers as interrupted', async (signal) => {
  // Both a terminal and npm send what was one key press.
  clone.write('harness/main.ts', `
    let seen = 0;
    process.on('${signal}', () => { seen += 1; console.log('seen'); setTimeout(() => { console.log('signals', seen); process.exit(0); }, 300); });
    setInterval(() => undefined, 1000);
    console.log('ready', process.pid);`);
  const child = clone.start(['verify']);
  const outcome = outcomeOf(child);
  const pid = Number((await untilSaid(child, /ready (\d+)/))[1]);
  child.kill(signal);
  await untilSaid(child, /seen/);
  child.kill(signal);
  const { code, stdout } = await outcome;
  expect(code).toBe(signal === 'SIGINT' ? 130 : 143);
  expect(stdout).toContain('signals 1');
  expect(existsSync(`/proc/${pid}`)).toBe(false);
});

function untilSaid(child: ReturnType<FakeClone['start']>, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve) => child.stdout.on('data', (chunk: Buffer) => {
    const match = pattern.exec(chunk.toString());
    if (match) resolve(match);
  }));
}

it('ends an install that is interrupted, and the command does not run', async () => {
  clone.program('npm', 'echo started > "$HOME/started"; exec /bin/sleep 60');
  const child = clone.start(['check']);
  const outcome = outcomeOf(child);
  await vi.waitFor(() => expect(clone.read('started')).toBeDefined(), { timeout: 10_000, interval: 20 });
  child.kill('SIGINT');
  expect(await outcome).toEqual({ code: 130, stdout: '', stderr: 'bringing packages (npm ci) …\n' });
  expect(clone.read('.cache/packages.lock')).toBeUndefined();
});

it('takes over the lock of an install whose process is gone', async () => {
  const dead = clone.start(['--help']);
  await outcomeOf(dead);
  clone.write('.cache/packages.lock', String(dead.pid));
  expect((await clone.run(['check'])).code).toBe(0);
});

it('gives tests a browser: the one named, or one on PATH', async () => {
  clone.write('node_modules/vitest/vitest.mjs', 'console.log(process.env.CHROMIUM_PATH, process.argv.slice(2).join(" "));');
  clone.program('google-chrome', '');
  clone.program('mine', '');
  const onPath = await clone.run(['test', 'tests/parse']);
  expect(onPath.stdout).toBe(`${join(clone.root, 'bin/google-chrome')} run tests/parse\n`);
  expect((await clone.run(['test'], { CHROMIUM_PATH: join(clone.root, 'bin/mine') })).stdout).toBe(`${join(clone.root, 'bin/mine')} run\n`);
  const wrong = await clone.run(['test'], { CHROMIUM_PATH: '/nowhere/chrome' });
  expect(wrong).toMatchObject({ code: 2, stdout: '', stderr: 'error: CHROMIUM_PATH is /nowhere/chrome, and no program is there: set it to a Chromium or Chrome, or unset it.\n' });
});
