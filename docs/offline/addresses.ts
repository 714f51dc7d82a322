import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** From a page back to the folder of the site: `../../` for `day-1/labels/index.html`. @param page file below the site's folder */
export function rootFrom(page: string): string {
  return '../'.repeat(page.split('/').length - 1) || './';
}

/**
 * An address of the site as a file beside the page that names it: `/day-1/labels/#price` on `index.html` → `./day-1/labels/index.html#price`.
 * Nothing answers for a folder where there is no server. Addresses of other sites, and those relative already, stay as they are.
 */
export function asFile(address: string, page: string, dist: string): string {
  const [, path = '', rest = ''] = /^([^?#]*)([?#].*)?$/s.exec(address) ?? [];
  if (!path.startsWith('/') || path.startsWith('//')) return address;
  const file = path.endsWith('/') ? `${path}index.html` : isFolder(join(dist, decodeURI(path))) ? `${path}/index.html` : path;
  return `${rootFrom(page)}${file.slice(1)}${rest}`;
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
