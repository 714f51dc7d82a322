import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, withLock } from './cache.mjs';
import { bring, Missing } from './report.mjs';
import { runQuietly } from './spawn.mjs';

const pinned = fileURLToPath(new URL('./node', import.meta.url));

/** From 24.15 on, what we use of Node is stable; 27 has not been tried. */
export function isRecent(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return (major === 24 && minor >= 15) || major === 25 || major === 26;
}

/** Version that is brought where the machine's Node is not recent, out of the pinned packages. */
function pinnedVersion(name) {
  return JSON.parse(readFileSync(join(pinned, 'package.json'), 'utf8')).optionalDependencies[name];
}

function installed(name) {
  const folder = cacheFolder('node', 'node_modules', name);
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const path = join(folder, 'bin', 'node');
    return version === pinnedVersion(name) && existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** A recent Node: this one, or one of the npm registry in our cache. Returns it and a PATH on which it comes first. */
export async function ensureNode() {
  const path = isRecent(process.version) ? process.execPath : await bringNode(`node-${process.platform}-${process.arch}`);
  return { path, searchPath: `${dirname(path)}${delimiter}${process.env.PATH ?? ''}` };
}

async function bringNode(name) {
  const present = installed(name);
  if (present !== undefined) return present;
  const version = pinnedVersion(name);
  if (version === undefined) throw new Missing(`this is Node ${process.version}: install Node 24.15 or newer (below 27), then run this again.`);
  await withLock(cacheFolder('node.lock'), async () => {
    if (installed(name) === undefined) await bring(`Node ${version}`, install);
  });
  return installed(name) ?? fail(name, version);
}

function fail(name, version) {
  throw new Missing(`the package ${name}@${version} was installed, but has no bin/node: install Node 24.15 or newer by hand.`);
}

/** Installed beside and moved into place, so that a killed install is never taken for a Node. */
async function install() {
  const target = cacheFolder('node');
  const part = `${target}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(pinned, file), join(part, file));
  try {
    await runQuietly('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: part });
    rmSync(target, { recursive: true, force: true });
    renameSync(part, target);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}
