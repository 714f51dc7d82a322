import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startDaemon, stopDaemon, type DaemonPlace } from '../../harness/backends/engine-daemon.ts';
import { pingEngine } from '../../harness/backends/engine-socket.ts';

/** An engine in a folder of its own: that of the machine is never touched. */
const previousCache = process.env['XDG_CACHE_HOME'];
let folder: string;
let place: DaemonPlace;
let said: string[];
const say = (line: string): void => void said.push(line);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daemon-'));
  process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
  mkdirSync(join(folder, 'cache'));
  const host = `unix://${join(folder, 'docker.sock')}`;
  place = {
    program: process.execPath, args: [join(import.meta.dirname, 'fake-dockerd.mjs'), folder], // What Node calls its main thread.
    pidFiles: [[join(folder, 'docker.pid'), readFileSync(`/proc/${process.ppid}/comm`, 'utf8').trim()]],
    find: async () => ((await pingEngine(host)) === 'answers' ? { dockerHost: host } : {}),
  };
  said = [];
});
afterEach(async () => {
  await stopDaemon(() => undefined);
  if (existsSync(pidFile())) process.kill(pidOf(), 'SIGKILL');
  if (previousCache === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = previousCache;
  rmSync(folder, { recursive: true });
});
const pidFile = (): string => join(folder, 'docker.pid');
const pidOf = (): number => Number(readFileSync(pidFile(), 'utf8'));
const untilSilent = async (): Promise<void> => {
  while ((await place.find()).dockerHost !== undefined) await delay(10);
};

it('is started where none answers, and ended by who asks', async () => {
  expect(await startDaemon(say, place)).toBe(`unix://${join(folder, 'docker.sock')}`);
  await stopDaemon(say);
  expect(await place.find()).toEqual({});
  expect(said).toEqual([expect.stringMatching(/^started a container engine in .*\(process \d+\)/), expect.stringMatching(/^stopped the container engine/)]);
});

it('outlives the run that starts it, and so knows nothing of its folders, time zone and limits', async () => {
  vi.stubEnv('TMPDIR', folder);
  vi.stubEnv('TZ', 'Asia/Kathmandu');
  vi.stubEnv('GOMAXPROCS', '1');
  vi.stubEnv('HTTPS_PROXY', 'http://proxy.example');
  await startDaemon(say, place);
  vi.unstubAllEnvs();
  const names = readFileSync(`/proc/${pidOf()}/environ`, 'utf8').split('\0').map((entry) => entry.split('=')[0] ?? '');
  expect(names).toEqual(expect.arrayContaining(['PATH', 'HTTPS_PROXY']));
  for (const name of ['TMPDIR', 'TZ', 'GOMAXPROCS']) expect(names).not.toContain(name);
});

it('is started anew when another run ends it at that moment', async () => {
  await startDaemon(say, place);
  const before = pidOf();
  const stopping = stopDaemon(say);
  await untilSilent();
  await startDaemon(say, place);
  await stopping;
  expect((await place.find()).dockerHost).toBeDefined();
  expect(pidOf()).not.toBe(before);
});

it('is started anew when somebody else ends it at that moment', async () => {
  await startDaemon(say, place);
  const before = pidOf();
  process.kill(before, 'SIGTERM');
  await untilSilent();
  await startDaemon(say, place);
  expect(pidOf()).not.toBe(before);
  // The one that is remembered is the one that runs.
  await stopDaemon(say);
  expect(await place.find()).toEqual({});
});

it('is started once by two runs at once', async () => {
  const [one, other] = await Promise.all([startDaemon(say, place), startDaemon(say, place)]);
  expect(one).toBe(other);
  expect(said.filter((line) => line.startsWith('started'))).toHaveLength(1);
});

it('is started where a pid file names a process that is gone, or another program', async () => {
  writeFileSync(pidFile(), '4194305');
  await startDaemon(say, place);
  expect((await place.find()).dockerHost).toBeDefined();
});

it('says in its own words why it could not be started', async () => {
  await expect(startDaemon(say, { ...place, args: ['-e', 'console.log("no space left"); process.exit(1)'] })).rejects.toThrow(/did not start \(exit 1\)\. Its last words: no space left/);
});
