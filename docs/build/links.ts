import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Links from one built page to another that lead nowhere, also those inside answers, which no Markdown check sees: a notification's
 * runbook must be there when somebody is woken by it.
 * @param coming addresses of files that will stand beside the pages later
 */
export function findDeadLinks(dist: string, coming: readonly string[] = []): string[] {
  const pages = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html')).sort();
  const html = new Map(pages.map((page) => [page, readFileSync(join(dist, page), 'utf8')]));
  const leadsSomewhere = (path: string, hash: string): boolean => {
    const file = path.endsWith('/') ? `${path}index.html` : path;
    const target = html.get(file.replace(/^\//, ''));
    if (coming.includes(path) && hash === '') return true;
    if (target === undefined) return existsSync(join(dist, file)) && hash === '';
    return hash === '' || target.includes(`id="${hash}"`);
  };
  return pages.flatMap((page) => {
    const links = [...(html.get(page) ?? '').matchAll(/<a\b[^>]*\bhref="(\/(?!\/)[^"#?]*)(?:#([^"]*))?"/g)];
    const dead = links.filter(([, path = '', hash = '']) => !leadsSomewhere(decodeURIComponent(path), decodeURIComponent(hash)));
    return [...new Set(dead.map(([, path, hash]) => `dist/${page} links to ${path ?? ''}${hash === undefined ? '' : `#${hash}`}, and there is no such ${hash === undefined ? 'page' : 'place'}. Mend the link, or write the page.`))];
  });
}
