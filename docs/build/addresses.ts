import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const ADDRESSES = 'docs/addresses.txt';
const REDIRECTS = 'docs/redirects.yml';
const HEAD = '# Every address that was ever published. `npm run build` adds what is new; a page that goes leaves its line here, and moves to redirects.yml.';

/** Old address → the page that took its place, as `docs/redirects.yml` says; a course without the file has none. @throws Error for one that is not `/from/: /to/` */
export function readRedirects(root: string): Readonly<Record<string, string>> {
  const file = join(root, REDIRECTS);
  const redirects = existsSync(file) ? (parse(readFileSync(file, 'utf8')) as Record<string, unknown> | null) ?? {} : {};
  for (const [from, to] of Object.entries(redirects)) {
    const wrong = [from, to].find((address) => typeof address !== 'string' || !/^\/(?:[^/?#]+\/)*$/.test(address));
    if (wrong !== undefined) throw new Error(`${REDIRECTS}: found ${String(wrong)}, expected an address of the course with a slash at both ends, such as /day-1/checkout-lag/.`);
  }
  return redirects as Record<string, string>;
}

/** What was judged of the addresses of a built site. */
export interface AddressReport {
  readonly problems: readonly string[];
  /** Pages that the list does not have yet. */
  readonly added: readonly string[];
}

/**
 * Holds a built site against the addresses that were published: readers keep links, and notifications of old alerts have them. A course
 * without the list, as those of tests, is not held to it.
 */
export function judgeAddresses(root: string, dist: string): AddressReport {
  const redirects = readRedirects(root);
  const built = new Set(listAddresses(dist));
  const pages = new Set([...built].filter((address) => !Object.hasOwn(redirects, address) || !isRedirect(dist, address)));
  const published = readPublished(root);
  const problems = [...judgeRedirects(redirects, pages), ...(published ?? []).filter((address) => !built.has(address)).map((address) =>
    `${ADDRESSES} has ${address}, which was published, and no page is there any more. Name in ${REDIRECTS} the page that took its place: \`${address}: /…/\`.`)];
  const known = new Set(published);
  return { problems, added: published === undefined ? [] : [...pages].filter((address) => !known.has(address)) };
}

/** Writes down what is new, once the site is sound. */
export function recordAddresses(root: string, { added }: AddressReport): void {
  if (added.length > 0) writeFileSync(join(root, ADDRESSES), `${[HEAD, ...[...readPublished(root) ?? [], ...added].sort()].join('\n')}\n`);
}

function readPublished(root: string): readonly string[] | undefined {
  const file = join(root, ADDRESSES);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line.startsWith('/')) : undefined;
}

function judgeRedirects(redirects: Readonly<Record<string, string>>, pages: ReadonlySet<string>): string[] {
  return Object.entries(redirects).flatMap(([from, to]) => {
    if (pages.has(from)) return [`${REDIRECTS} moves ${from}, and a page is there. Remove the line, or the page.`];
    return pages.has(to) ? [] : [`${REDIRECTS} moves ${from} to ${to}, and no page is there${Object.hasOwn(redirects, to) ? `, only another redirect. Write ${from}: ${redirects[to] ?? ''}` : ''}.`];
  });
}

/** `/day-1/checkout-lag/` for `day-1/checkout-lag/index.html`. */
function listAddresses(dist: string): string[] {
  return readdirSync(dist, { recursive: true, encoding: 'utf8' }).map((name) => `/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('/index.html')).map((name) => name.slice(0, -'index.html'.length)).sort();
}

function isRedirect(dist: string, address: string): boolean {
  return /<meta http-equiv="refresh"/.test(readFileSync(join(dist, address, 'index.html'), 'utf8'));
}
