import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder, withLock } from './cache.mjs';
import { bring, Missing } from './report.mjs';
import { runQuietly } from './spawn.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const elsewhere = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findBrowser() {
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...elsewhere].find(isExecutable);
}

/** Ubuntu's package is a wrapper around a snap, which does not run in containers: only Debian's is a browser. */
function mayInstall() {
  if (process.platform !== 'linux' || process.getuid() !== 0 || !existsSync('/etc/os-release')) return false;
  return /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Path of a Chromium: `CHROMIUM_PATH`, one of this machine, or Debian's package. */
export async function ensureBrowser() {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (isExecutable(given)) return given;
    throw new Missing(`CHROMIUM_PATH is ${given}, and no program is there: set it to a Chromium or Chrome, or unset it.`);
  }
  const found = findBrowser();
  if (found !== undefined) return found;
  const advice = 'this command needs Chromium: install Chromium or Google Chrome, or set CHROMIUM_PATH to one.';
  if (!mayInstall()) throw new Missing(advice);
  await withLock(cacheFolder('browser.lock'), async () => {
    if (findBrowser() !== undefined) return;
    await bring('Chromium (apt-get install chromium)', async () => {
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
      // A failed update of some third-party source must not stop an install that can do without it.
      await runQuietly('apt-get', ['update', '-q'], { env }).catch((error) => {
        if (error.exitCode !== 2) throw error;
      });
      await runQuietly('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'chromium'], { env });
    });
  });
  const brought = findBrowser();
  if (brought === undefined) throw new Missing(advice);
  return brought;
}
