import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Engine, Network, StartedContainer } from '../../harness/model/backend.ts';
import { services } from './services.ts';
import { errorOf, inspect, leftOvers, never, open } from './with-engine.ts';

vi.setConfig({ testTimeout: 60_000 });

let engine: Engine;
let network: Network;
let sandbox: StartedContainer;

beforeAll(async () => {
  process.env['COURSE_TEST_SECRET'] = 'of the host';
  engine = await open();
  network = await engine.network({ internal: true });
  sandbox = await engine.start({
    image: 'sandbox', aliases: ['sandbox'], command: ['sh', '-c', 'cat /scratch/a/greeting.txt && exec sleep infinity'], ports: [], confined: true, networks: [network],
    files: [{ path: '/scratch/a/greeting.txt', content: 'grüße\n' }],
  }, never);
}, 3_600_000);
afterAll(async () => {
  delete process.env['COURSE_TEST_SECRET'];
  await engine[Symbol.asyncDispose]();
  expect(await leftOvers()).toEqual([]);
});

const shell = (command: string) => sandbox.exec(['bash', '-c', command]);

it('has its files before its command runs', async () => {
  await expect.poll(() => sandbox.stdout()).toBe('grüße\n');
});

it('is not root, has no capability, and cannot gain one', async () => {
  expect((await shell('id -u; id -g; id -G')).stdout).toBe('10001\n10001\n10001\n');
  const { stdout } = await shell('cat /proc/self/status');
  expect(stdout.match(/^Cap\w+:\s+\w+$/gm)?.map((line) => line.replace(/\s+/, ' '))).toEqual(
    ['CapInh: ', 'CapPrm: ', 'CapEff: ', 'CapBnd: ', 'CapAmb: '].map((name) => `${name}0000000000000000`),
  );
  expect(stdout).toMatch(/^NoNewPrivs:\s+1$/m);
});

it('writes to its scratch folders only', async () => {
  expect((await shell('touch /scratch/a /tmp/b')).exitCode).toBe(0);
  for (const path of ['/x', '/course/runner/x', '/etc/x']) {
    expect((await shell(`touch ${path}`)).stderr).toContain('Read-only file system');
  }
});

it('sees nothing of the host\'s environment', async () => {
  const { stdout } = await shell('env');
  expect(stdout).not.toContain('COURSE_TEST_SECRET');
  expect(stdout.split('\n').map((line) => line.split('=')[0]).filter(Boolean).sort()).toEqual(['HOME', 'HOSTNAME', 'LANG', 'PATH', 'PWD', 'SHLVL', 'TZ', '_']);
});

it('reaches its neighbours, but neither this machine nor the outside', async () => {
  const jaeger = services.find(({ request }) => request.image === 'jaeger')!.request;
  await using neighbour = await engine.start({ ...jaeger, networks: [network], ports: [], ready: undefined as never }, never);
  await expect.poll(async () => (await shell(`curl -s -m 2 -o /dev/null -w '%{http_code}' http://jaeger:16686/api/services`)).stdout, { timeout: 10_000 }).toBe('200');
  expect(neighbour.id).toMatch(/^[0-9a-f]{64}$/);

  let reached = 0;
  await using server = createServer((_request, response) => {
    reached += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  const own = Object.values(networkInterfaces()).flat().filter((each) => each?.family === 'IPv4' && !each.internal).map((each) => each!.address);
  const gateway = (await shell(`python3 -c "
import socket
name = socket.gethostbyname('sandbox').split('.')
print('.'.join(name[:3] + ['1']))"`)).stdout.trim();
  // 192.0.2.1 stands for the outside: no test may depend on, or bother, a real host.
  const targets = [...own, gateway, '192.0.2.1'];
  const { stdout } = await shell(targets.map((host) => `curl -s -m 2 http://${host}:${port}/ -o /dev/null && echo reached ${host} &`).join('\n') + '\nwait');
  expect(stdout).toBe('');
  expect(reached).toBe(0);
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
});

it('does not ask the machine\'s resolver for names', async () => {
  expect((await shell('timeout 5 getent hosts example.com')).exitCode).not.toBe(0);
});

it('has its memory, its processes and its processor time limited', async () => {
  const { HostConfig } = await inspect(sandbox.id);
  expect(HostConfig).toMatchObject({ Memory: 536_870_912, MemorySwap: 536_870_912, PidsLimit: 256, NanoCpus: 1e9, Privileged: false });
  const eater = await shell(`python3 -c "b = bytearray(700 * 1024 * 1024)"`);
  expect(eater.exitCode).toBe(137);
  const forks = await shell(`python3 -c "
import subprocess
for n in range(400): subprocess.Popen(['sleep', '1'])"`);
  expect(forks.stderr).toContain('Resource temporarily unavailable');
});

it('has no port on this machine', () => {
  expect(() => sandbox.url(8000)).toThrow(/confined container has no port on this machine/);
});

it('joins internal networks only', async () => {
  const outside = await engine.network();
  await expect(engine.start({ image: 'sandbox', aliases: [], command: [], ports: [], confined: true, networks: [network, outside] }, never)).rejects.toThrow(/internal networks only/);
});

it('takes files while it runs, and says where they cannot go', async () => {
  await sandbox.copyIn([{ path: '/scratch/deep/er/one', content: 'eins' }, { path: '/tmp/two', content: new Uint8Array([0xff, 0x00]) }]);
  expect((await shell('cat /scratch/deep/er/one; od -An -tx1 /tmp/two')).stdout).toBe('eins ff 00\n');
  const error = await errorOf(sandbox.copyIn([{ path: '/etc/one', content: 'eins' }]));
  expect(error.message).toMatch(/\/etc\/one into a confined container, where only \/scratch and \/tmp can be written: Error: EROFS/);
});

it('keeps both streams and whole characters of what a program says', async () => {
  const result = await shell(`python3 -c "
import sys
sys.stdout.write('ü' * 100001); sys.stderr.write('ö'); sys.exit(7)"`);
  expect(result).toEqual({ exitCode: 7, stdout: 'ü'.repeat(100_001), stderr: 'ö' });
});

it('ends an exec when it is cancelled', async () => {
  const cancel = new AbortController();
  const outcome = errorOf(sandbox.exec(['sleep', '60'], cancel.signal));
  cancel.abort();
  expect((await outcome).code).toBe('cancelled');
});

it('is ready when its own port answers inside', async () => {
  await using inner = await engine.start({
    image: 'sandbox', aliases: [], command: ['python3', '-m', 'http.server', '8000', '-d', '/course'], ports: [], confined: true, networks: [network], ready: { path: '/package.json', port: 8000 },
  }, never);
  expect((await inner.exec(['curl', '-sf', 'http://127.0.0.1:8000/package.json'])).stdout).toContain('"name": "sandbox"');
});

it('runs the programs and packages that lessons use', async () => {
  const { stdout, stderr } = await shell('cd /course/runner && promtool --version && amtool --version && logcli --version 2>&1 && node -e "import(\'prom-client\').then((m) => console.log(typeof m.Histogram))" && node --version');
  expect(stdout + stderr).toMatch(/promtool, version 3\.14\.0[\s\S]*amtool, version 0\.31\.1[\s\S]*logcli, version 3\.7\.6[\s\S]*function\nv24\.21\.0/);
});
