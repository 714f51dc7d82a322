import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './cache.mjs';
import { bring } from './report.mjs';
import { runQuietly } from './spawn.mjs';

/** What node_modules was installed from: the whole lock file, by its hash. */
export function lockHash(root) {
  return createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
}

function stampFile(root) {
  return join(root, 'node_modules', '.course-lock');
}

function isInstalled(root) {
  try {
    return readFileSync(stampFile(root), 'utf8').trim() === lockHash(root);
  } catch {
    return false;
  }
}

/** `npm ci`, when node_modules was not installed from the lock file of now. The stamp is written last: a killed install has none. */
export async function ensurePackages(root, node) {
  if (isInstalled(root)) return;
  await withLock(join(root, '.cache', 'packages.lock'), async () => {
    if (isInstalled(root)) return;
    await bring('packages (npm ci)', async () => {
      // The browser is the machine's own: playwright's download is not needed.
      const env = { ...process.env, PATH: node.searchPath, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' };
      await runQuietly('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, env });
      writeFileSync(stampFile(root), `${lockHash(root)}\n`);
    });
  });
}
