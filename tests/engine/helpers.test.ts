import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { formatElapsed, isAlive, processStart } from '../../harness/backends/engine-cache.ts';
import { findMirrors } from '../../harness/backends/engine-debian.ts';
import { findEngine, pingEngine } from '../../harness/backends/engine-socket.ts';
import { unzip } from '../../harness/backends/engine-zip.ts';
import { errorOf } from './with-engine.ts';

describe('the engine\'s socket', () => {
  const dockerHost = process.env['DOCKER_HOST'];
  afterEach(() => {
    if (dockerHost === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = dockerHost;
  });

  it.each([[200, 'answers'], [500, 'silent']])('that says %i to a ping %s', async (status, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'course-socket-'));
    const asked: string[] = [];
    await using server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(status).end('OK');
    });
    await new Promise<void>((resolve) => server.listen(join(folder, 's.sock'), resolve));
    expect(await pingEngine(`unix://${folder}/s.sock`)).toBe(expected);
    expect(asked).toEqual(['/_ping']);
    rmSync(folder, { recursive: true });
  });

  it('that nobody listens on is silent', async () => {
    expect(await pingEngine('unix:///nowhere/docker.sock')).toBe('silent');
    expect(await pingEngine('tcp://127.0.0.1:1')).toBe('silent');
  });

  it('that DOCKER_HOST names must answer: no other is asked', async () => {
    process.env['DOCKER_HOST'] = 'unix:///nowhere/docker.sock';
    const error = await errorOf(findEngine());
    expect(error.code).toBe('engine-missing');
    expect(error.message).toBe('DOCKER_HOST is unix:///nowhere/docker.sock, and no engine answers there. Start that engine, or unset DOCKER_HOST.');
    process.env['DOCKER_HOST'] = 'docker';
    expect((await errorOf(findEngine())).message).toContain('expected unix:///path or tcp://host:port');
  });
});

describe('apt\'s sources', () => {
  it('in one-line form', () => {
    const text = '# deb http://commented.example/debian bookworm main\ndeb [arch=amd64 signed-by=/k] http://one.example/debian bookworm main contrib\ndeb-src http://one.example/debian bookworm main\n';
    expect(findMirrors(text, false)).toEqual([{ mirror: 'http://one.example/debian', suites: ['bookworm'] }]);
  });
  it('in deb822 form', () => {
    const text = 'Types: deb deb-src\n# http://snapshot.example\nURIs: http://one.example/debian http://two.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n\n'
      + 'Types: deb-src\nURIs: http://source.example\nSuites: bookworm\n\nEnabled: no\nTypes: deb\nURIs: http://off.example\nSuites: bookworm\n';
    const suites = ['bookworm', 'bookworm-updates'];
    expect(findMirrors(text, true)).toEqual([{ mirror: 'http://one.example/debian', suites }, { mirror: 'http://two.example/debian', suites }]);
  });
});

describe('a zip', () => {
  const read = async (base64: string): Promise<Record<string, string>> => {
    const files: Record<string, string> = {};
    await unzip(Buffer.from(base64, 'base64'), async (name, content) => void (files[name] = content.toString()));
    return files;
  };
  // Made by Python's zipfile.
  const twoFiles = 'UEsDBBQAAAAAAAAAIVyzJE6WCAAAAAgAAAAMAAAAYS9zdG9yZWQudHh0YXMgaXQgaXNQSwMEFAAAAAgAAAAhXBMtQxsHAAAALAEAABAAAABhL2IvZGVmbGF0ZWQudHh0q6gYBcQCAFBLAwQUAAAAAAAAACFcAAAAAAAAAAAAAAAACQAAAGEvZm9sZGVyL1BLAQIUAxQAAAAAAAAAIVyzJE6WCAAAAAgAAAAMAAAAAAAAAAAAAACAAQAAAABhL3N0b3JlZC50eHRQSwECFAMUAAAACAAAACFcEy1DGwcAAAAsAQAAEAAAAAAAAAAAAAAAgAEyAAAAYS9iL2RlZmxhdGVkLnR4dFBLAQIUAxQAAAAAAAAAIVwAAAAAAAAAAAAAAAAJAAAAAAAAAAAAAACAAWcAAABhL2ZvbGRlci9QSwUGAAAAAAMAAwCvAAAAjgAAAAkAYSBjb21tZW50';
  const escaping = 'UEsDBBQAAAAAAAAAIVyDFtyMAQAAAAEAAAAHAAAALi4vZXZpbHhQSwECFAMUAAAAAAAAACFcgxbcjAEAAAABAAAABwAAAAAAAAAAAAAAgAEAAAAALi4vZXZpbFBLBQYAAAAAAQABADUAAAAmAAAAAAA=';

  it('gives its files, stored and deflated', async () => {
    expect(await read(twoFiles)).toEqual({ 'a/stored.txt': 'as it is', 'a/b/deflated.txt': 'x'.repeat(300) });
  });
  it('that would write outside its folder is refused', async () => {
    await expect(read(escaping)).rejects.toThrow('The zip wants to write outside its folder: ../evil');
  });
  it('that is none is refused', async () => {
    await expect(read(Buffer.from('<html>no zip</html>').toString('base64'))).rejects.toThrow('Not a zip');
  });
});

it('a process is known by its start, not by its number alone', () => {
  const started = processStart(process.pid);
  expect(started).toMatch(/\S/);
  expect(isAlive(process.pid, started as string)).toBe(true);
  expect(isAlive(process.pid, 'another start')).toBe(false);
  expect(processStart(2 ** 22 + 1)).toBeUndefined();
});

it.each([[400, '0s'], [4000, '4s'], [100_000, '1m40s'], [3_605_000, '60m05s']])('%i ms elapsed is %s', (elapsedMs, text) => {
  expect(formatElapsed(elapsedMs)).toBe(text);
});
