import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../model/verdict.ts';
import { cacheFolder } from './engine-cache.ts';
import type { Log } from './engine-cache.ts';
import { hasProgram, installPackages, mayInstall } from './engine-daemon.ts';
import { run } from './engine-process.ts';
import type { BaseSpec } from './engine-sandbox.ts';

/** Parts of the system that nobody reads in a sandbox: half of its size. */
const unwanted = ['var/cache/apt', 'var/lib/apt/lists', 'var/log', 'usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/info'];

/**
 * Makes a minimal system with debootstrap from this machine's own package mirror and gives it to `take` as a tar.
 * Throws `image-not-built` where that cannot be done.
 */
export async function bootstrapDebian(base: BaseSpec, log: Log, signal: AbortSignal, take: (tar: NodeJS.ReadableStream) => Promise<void>): Promise<void> {
  if (!mayInstall()) {
    throw new HarnessError('image-not-built', `No registry answers for ${base.pull}, and making a Debian system needs root on Debian or Ubuntu. Pull ${base.pull} by hand, or run as root there.`);
  }
  if (!hasProgram('debootstrap')) await installPackages(['debootstrap'], log);
  const source = readAptSource(base.suite);
  const folder = cacheFolder('stage', 'debian');
  // Left over when a build was killed: debootstrap cannot be taken up half-way.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const args = ['--variant=minbase', `--include=${base.packages.join(',')}`, `--components=${source.components}`, source.suite, folder, source.mirror];
    await run('debootstrap', args, { signal, env: { PATH: process.env['PATH'] } });
    for (const part of unwanted) await rm(join(folder, part), { recursive: true, force: true });
    await run('tar', ['-C', folder, '--one-file-system', '-c', '.'], { signal, onStdout: take });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface AptSource {
  readonly mirror: string;
  readonly suite: string;
  readonly components: string;
}

/** The mirror that this machine's apt uses for its own distribution; on Ubuntu, its own release stands in for Debian. */
function readAptSource(suite: string): AptSource {
  const release = readFileSync('/etc/os-release', 'utf8');
  const isUbuntu = /^ID(_LIKE)?=.*\bubuntu\b/m.test(release);
  const codename = /^VERSION_CODENAME=(\w+)/m.exec(release)?.[1];
  const files = ['/etc/apt/sources.list', ...listSources('/etc/apt/sources.list.d')].filter((file) => existsSync(file));
  const own = files.flatMap((file) => findMirrors(readFileSync(file, 'utf8'), file.endsWith('.sources')))
    .find(({ suites }) => codename !== undefined && suites.includes(codename));
  if (own === undefined) {
    throw new HarnessError('image-not-built', `No mirror of this distribution (${codename ?? 'unknown release'}) was found in ${files.join(', ')}: debootstrap needs one. Add it, or use a machine where images can be pulled.`);
  }
  return isUbuntu
    ? { mirror: own.mirror, suite: codename!, components: 'main,universe' }
    : { mirror: own.mirror, suite, components: 'main' };
}

function listSources(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => /\.(list|sources)$/.test(name)).map((name) => join(folder, name));
}

interface Mirror {
  readonly mirror: string;
  readonly suites: readonly string[];
}

/** Mirrors of one file of apt's, in its one-line form or in the deb822 form (sources.list(5)). */
export function findMirrors(text: string, isDeb822: boolean): readonly Mirror[] {
  if (!isDeb822) {
    return [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/gm)].map((match) => ({ mirror: match[1] ?? '', suites: [match[2] ?? ''] }));
  }
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const uncommented = stanza.replace(/^#.*\n?/gm, '');
    if (/^Enabled:\s*no\b/m.test(uncommented) || !/^Types:.*\bdeb\b(?!-)/m.test(uncommented)) return [];
    const suites = (/^Suites:\s*(.*)$/m.exec(uncommented)?.[1] ?? '').trim().split(/\s+/);
    const uris = (/^URIs:\s*(.*)$/m.exec(uncommented)?.[1] ?? '').trim().split(/\s+/);
    return uris.map((mirror) => ({ mirror, suites }));
  });
}
