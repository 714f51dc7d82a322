import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A style sheet without addresses: its fonts inside of it. Some browsers take a font from a file for one of another site, and refuse it.
 * @param file below the site's folder @throws Error naming a file that the style wants and that is not there
 */
export function asLocalStyle(css: string, file: string, dist: string): string {
  // On the site a font that comes too late is kept for the next page. From a file nothing is kept, and it would be too late on every page.
  return css.replace(/(font-display: ?)optional/g, '$1swap').replace(/url\((["']?)(?!data:|https?:|#)([^"')]+)\1\)/g, (whole, _, address: string) => {
    const path = address.startsWith('/') ? join(dist, address) : join(dist, file, '..', address);
    const type = typeOf(path);
    return type === undefined ? whole : `url(data:${type};base64,${readFileSync(path).toString('base64')})`;
  });
}

function typeOf(path: string): string | undefined {
  if (path.endsWith('.woff2')) return 'font/woff2';
  return path.endsWith('.svg') ? 'image/svg+xml' : undefined;
}
