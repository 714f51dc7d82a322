// After `npm install` against a registry that lacks packages of other platforms: `node harness/bootstrap/complete-lock.mjs`.
// npm leaves such optional packages out of the lock file, and `npm ci` then refuses the file ("Missing: x@ from lock file").
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const systems = { android: 'android', darwin: 'darwin', freebsd: 'freebsd', linux: 'linux', win32: 'win32', windows: 'win32', wasm32: 'wasm32' };
const processors = ['arm64', 'x64', 'arm', 'ia32', 'wasm32'];

/** True when `name`, as `from` would import it, has an entry. */
function hasEntry(packages, from, name) {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))) {
    if (`${base === '' ? '' : `${base}/`}node_modules/${name}` in packages) return true;
    if (base === '') return false;
  }
}

/** Optional dependencies without an entry: `[name, version]`. */
export function findMissing(lock) {
  return Object.entries(lock.packages).flatMap(([from, { optionalDependencies = {} }]) => (
    Object.entries(optionalDependencies).filter(([name]) => !hasEntry(lock.packages, from, name))
  ));
}

/** Adds an entry for each, restricted to the platform that its name tells, so that nobody else asks for it. */
export function complete(lock) {
  const packages = { ...lock.packages };
  for (const [name, version] of findMissing(lock)) {
    const parts = name.split(/[/-]/);
    const os = parts.map((part) => systems[part]).find(Boolean);
    const cpu = processors.find((processor) => parts.includes(processor));
    packages[`node_modules/${name}`] = { version, ...(cpu && { cpu: [cpu] }), optional: true, ...(os && { os: [os] }) };
  }
  return { ...lock, packages: Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1))) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = resolve(fileURLToPath(import.meta.url), '../../../package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  process.stdout.write(`${findMissing(lock).length} entries added\n`);
  writeFileSync(file, `${JSON.stringify(complete(lock), null, 2)}\n`);
}
