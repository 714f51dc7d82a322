import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../model/verdict.ts';
import { hasProgram, installPackages, mayInstall } from './engine-daemon.ts';
import { cacheFolder, formatElapsed } from './engine-cache.ts';
import type { Log } from './engine-cache.ts';
import { unzip } from './engine-zip.ts';

/** The toolchain that is fetched where the machine has no usable Go, with the SHA-256 of its module's zip. */
const toolchain = 'go1.26.8';
const toolchainSha256: Readonly<Record<string, string>> = {
  'linux-amd64': '30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7',
  'linux-arm64': '02b36b6787b3ac767668f630e2998df45a3b1f9ffee08d1bf3ef6487cd658d99',
};
/** From this version on, Go fetches a newer toolchain by itself when a module asks for one. */
const oldestGo = [1, 21] as const;

/**
 * Environment in which `go` is a usable toolchain with caches of our own. A machine's own Go is used when it is 1.21 or
 * newer; otherwise the toolchain comes from the Go module proxy. Throws `image-not-built` when neither works.
 */
export async function prepareGo(architecture: 'amd64' | 'arm64', log: Log, signal: AbortSignal): Promise<NodeJS.ProcessEnv> {
  const folder = cacheFolder('go');
  const path = hasUsableGo() ? '' : `${join(await fetchToolchain(log, signal), 'bin')}:`;
  return {
    ...process.env,
    PATH: `${path}${process.env['PATH'] ?? ''}`,
    GOMODCACHE: join(folder, 'mod'),
    GOCACHE: join(folder, 'build'),
    GOPATH: join(folder, 'path'),
    GOENV: 'off',
    GOWORK: 'off',
    // Lets us remove the module cache without being root; and the repository's state is no input.
    GOFLAGS: '-modcacherw -buildvcs=false -mod=readonly',
    // The machine may pin its own version (GOTOOLCHAIN=local): a module that asks for a newer one must get it.
    GOTOOLCHAIN: 'auto',
    CGO_ENABLED: '0',
    GOOS: 'linux',
    GOARCH: architecture,
    GOPROXY: await findProxies(log),
  };
}

function hasUsableGo(): boolean {
  const version = /^go(\d+)\.(\d+)/.exec(goEnv('GOVERSION') ?? '');
  if (version === null) return false;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major > oldestGo[0] || (major === oldestGo[0] && minor >= oldestGo[1]);
}

/** Folder of a Go toolchain out of the module proxy, which serves it as a module: no download site is needed. */
async function fetchToolchain(log: Log, signal: AbortSignal): Promise<string> {
  const target = cacheFolder('go', toolchain);
  if (existsSync(target)) return target;
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const expected = toolchainSha256[platform];
  if (expected === undefined) {
    throw new HarnessError('image-not-built', `No registry answers, and building images needs Go 1.21 or newer. Install it (no toolchain is known for ${platform}).`);
  }
  const startMs = Date.now();
  log(`fetching the ${toolchain} toolchain from the Go module proxy`);
  const zip = await download(platform, log, signal);
  const found = createHash('sha256').update(zip).digest('hex');
  if (found !== expected) throw new HarnessError('image-not-built', `The Go toolchain that the module proxy served has SHA-256 ${found}, expected ${expected}. It was not unpacked; install Go 1.21 or newer by hand.`);
  const part = `${target}.part`;
  await rm(part, { recursive: true, force: true });
  const prefix = `golang.org/toolchain@v0.0.1-${toolchain}.${platform}/`;
  await unzip(zip, async (name, content) => {
    if (!name.startsWith(prefix)) return;
    const relative = name.slice(prefix.length);
    const path = join(part, relative);
    await mkdir(join(path, '..'), { recursive: true });
    // Zips of modules carry no permissions.
    await writeFile(path, content, { mode: /^(bin|pkg\/tool)\//.test(relative) ? 0o755 : 0o644 });
  });
  await rename(part, target);
  log(`unpacked the ${toolchain} toolchain in ${formatElapsed(Date.now() - startMs)}`);
  return target;
}

/** Any Go, however old, knows where modules come from; Debian's is brought for that alone. */
async function findProxies(log: Log): Promise<string> {
  if (process.env['GOPROXY'] !== undefined) return process.env['GOPROXY'];
  if (!hasProgram('go') && mayInstall()) await installPackages(['golang-go'], log);
  return goEnv('GOPROXY') ?? '';
}

function goEnv(name: string): string | undefined {
  const { status, stdout } = spawnSync('go', ['env', name], { encoding: 'utf8', cwd: '/', env: { ...process.env, GOTOOLCHAIN: 'local' } });
  return status === 0 ? stdout.trim() : undefined;
}

async function download(platform: string, log: Log, signal: AbortSignal): Promise<Buffer> {
  const proxies = (await findProxies(log)).split(/[,|]/).filter((proxy) => /^https?:/.test(proxy));
  const failures: string[] = [];
  for (const proxy of proxies) {
    const url = `${proxy.replace(/\/$/, '')}/golang.org/toolchain/@v/v0.0.1-${toolchain}.${platform}.zip`;
    try {
      const response = await fetch(url, { signal });
      if (response.ok) return Buffer.from(await response.arrayBuffer());
      failures.push(`${url}: ${response.status}`);
    } catch (cause) {
      if (signal.aborted) throw new HarnessError('cancelled', 'Interrupted while the Go toolchain was fetched.', { cause });
      failures.push(`${url}: ${String(cause)}`);
    }
  }
  throw new HarnessError('image-not-built', `No registry answers, there is no Go 1.21 or newer here, and the module proxy did not serve one (${failures.join('; ') || 'GOPROXY names none'}). Install Go.`);
}
