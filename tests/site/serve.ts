import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import type { BrowserContext } from 'playwright';

const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.woff2': 'font/woff2', '.svg': 'image/svg+xml', '.json': 'application/json', '.wasm': 'application/wasm' };

/** A secure origin that no packet is ever sent to. */
export const origin = 'http://localhost';

/**
 * Serves a built site to a browser without a network: Chromium drops loopback requests whenever an interface of the machine comes or
 * goes, which containers of other tests do. What is asked of any other origin is refused and collected.
 */
export async function serveFolder(context: BrowserContext, folder: string): Promise<{ readonly foreign: readonly string[] }> {
  const foreign: string[] = [];
  await context.route('**/*', async (route) => {
    const url = new URL(route.request().url());
    if (url.origin !== origin) {
      foreign.push(url.href);
      return route.abort();
    }
    const wanted = normalize(join(folder, decodeURIComponent(url.pathname)));
    const file = existsSync(wanted) && statSync(wanted).isDirectory() ? join(wanted, 'index.html') : wanted;
    if (!file.startsWith(folder) || !existsSync(file)) return route.fulfill({ status: 404 });
    return route.fulfill({ status: 200, contentType: types[extname(file)] ?? 'application/octet-stream', body: readFileSync(file) });
  });
  return { foreign };
}
