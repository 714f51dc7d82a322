import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What a lesson page may transfer, fonts included. */
const limitBytes = 300 * 1024;
const compressible = /\.(html|css|js|svg|json)$/;

function transferredBytes(file: string): number {
  const content = readFileSync(file);
  return compressible.test(file) ? gzipSync(content).length : content.length;
}

/** Files that a page loads by itself: styles, scripts, preloads, images, and the fonts of its styles. */
function filesOf(dist: string, html: string): Set<string> {
  const files = new Set<string>();
  const add = (url: string | undefined, from: string): void => {
    if (url === undefined || /^(https?:|data:|#)/.test(url)) return;
    const path = join(dist, url.startsWith('/') ? url : join(from, url));
    if (existsSync(path) && /\.\w+$/.test(path)) files.add(path);
  };
  for (const tag of html.match(/<(?:link|script|img)\b[^>]*>/g) ?? []) {
    if (/rel="(?:canonical|sitemap|alternate)"/.test(tag)) continue;
    add(/(?:href|src)="([^"]+)"/.exec(tag)?.[1], '/');
  }
  for (const style of [...files].filter((file) => file.endsWith('.css'))) {
    for (const match of readFileSync(style, 'utf8').matchAll(/url\(["']?([^"')]+\.woff2)["']?\)/g)) add(match[1], '/_astro');
  }
  return files;
}

/** Transferred size of each built page with everything it loads, in bytes (gzip for text). */
export function weighPage(dist: string, page: string): number {
  const path = join(dist, page);
  const files = filesOf(dist, readFileSync(path, 'utf8'));
  return [path, ...files].reduce((sum, file) => sum + transferredBytes(file), 0);
}

/** Messages for pages that weigh too much. */
export function weighPages(dist: string): string[] {
  const pages = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'));
  return pages.flatMap((page) => {
    const bytes = weighPage(dist, page);
    return bytes <= limitBytes ? [] : [`dist/${page} transfers ${Math.ceil(bytes / 1024)} KB, and a page may transfer ${limitBytes / 1024} KB. Show fewer points or fold less text.`];
  });
}
