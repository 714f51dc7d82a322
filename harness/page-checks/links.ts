import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { definePageCheck, type MarkdownPage, type PageContext, type PageFinding } from '../model/page-check.ts';
import type { Page } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import type { TextRange } from '../model/place.ts';
import { routeOf, routesOf } from './routes.ts';
import { walkTree } from './walk.ts';

const rules = {
  'dead-link': { level: 'error', summary: 'A link leads to a page or file that does not exist.' },
  'dead-anchor': { level: 'error', summary: 'A link leads to a heading or id that its page does not have.' },
  'link-form': { level: 'error', summary: 'A link within the course is not written from the root with a slash at the end.' },
  'outside-link': { level: 'error', summary: 'A link out of the course is not a valid https address that every reader can open.' },
  'missing-image': { level: 'error', summary: 'An image does not exist.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = PageFinding<keyof typeof rules>;

interface Target {
  readonly url: string;
  readonly at: TextRange;
  readonly image: boolean;
}

/** Links and images. Of addresses outside the course only the form is judged: nothing leaves the machine. */
export const links = definePageCheck({
  scope: 'course',
  rules,
  check: (page, context) => [...readTargets(page), ...readSources(page)].flatMap((target) => checkTarget(target, page, context)),
});

function readTargets({ markdown: { source, tree } }: MarkdownPage): Target[] {
  const targets: Target[] = [];
  walkTree(tree, (node) => {
    const [from = 0, to = 0] = [node.position?.start.offset, node.position?.end.offset];
    if (node.type === 'link' || node.type === 'definition' || node.type === 'image') {
      targets.push({ url: node.url, at: find(source, node.url, from, to), image: node.type === 'image' });
    }
    if (node.type !== 'mdxJsxFlowElement' && node.type !== 'mdxJsxTextElement') return;
    for (const attribute of node.attributes) {
      if (attribute.type !== 'mdxJsxAttribute' || typeof attribute.value !== 'string' || (attribute.name !== 'href' && attribute.name !== 'src')) continue;
      const place = attribute.position;
      targets.push({ url: attribute.value, at: find(source, attribute.value, place?.start.offset ?? from, place?.end.offset ?? to), image: attribute.name === 'src' });
    }
  });
  return targets;
}

/** Addresses of the frontmatter's `sources`. */
function readSources({ frontmatter, markdown: { source } }: MarkdownPage): Target[] {
  const sources = Array.isArray(frontmatter['sources']) ? (frontmatter['sources'] as readonly unknown[]) : [];
  const key = Math.max(0, source.search(/^sources\s*:/m));
  return sources.flatMap((entry) => {
    const url = typeof entry === 'string' ? entry : (entry as { readonly url?: unknown } | null)?.url;
    return typeof url === 'string' && /^[a-z]+:/i.test(url) ? [{ url, at: find(source, url, key, source.length), image: false }] : [];
  });
}

/** The address as written; the whole node where it was written otherwise, e.g. with escapes. A link's text may repeat its address. */
function find(source: string, text: string, from: number, to: number): TextRange {
  const within = source.slice(from, to);
  const at = text === '' ? -1 : within.startsWith('[') || within.startsWith('!') ? within.lastIndexOf(text) : within.indexOf(text);
  return at < 0 ? { offset: from, length: to - from } : { offset: from + at, length: text.length };
}

function checkTarget(target: Target, page: MarkdownPage, context: PageContext): Found[] {
  const { url, at, image } = target;
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(url)) return checkOutside(url, at);
  if (image) return checkImage(url, at, page, context);
  const { path, hash } = splitAddress(url);
  if (path === '') return hash === undefined ? [{ rule: 'dead-link', at, message: 'Found a link without an address, expected one. Write it between the parentheses.' }] : checkAnchor(hash, page, at, page, context);
  if (!path.startsWith('/')) return [{ rule: 'link-form', at, message: `Found \`${url}\`, expected an address from the root of the course, such as \`${nearestRoute(path, context) ?? routeOf(page)}\`. Write it so.` }];
  return checkRoute(path, hash, at, page, context);
}

/** Path and heading of an address within the course: `/runbooks/errors/#first`. */
function splitAddress(url: string): { readonly path: string; readonly hash: string | undefined } {
  const [path = '', hash] = url.replace(/\?[^#]*/, '').split('#');
  return { path, hash };
}

/** Why an address from the root leads nowhere, and the page that it most likely means, for addresses that stand in blocks; undefined when it leads somewhere. */
export function explainDeadLink(url: string, context: PageContext): { readonly message: string; readonly near: Page | undefined } | undefined {
  const { path, hash } = splitAddress(url);
  const [found] = checkRoute(path, hash, { offset: 0, length: 0 }, undefined, context);
  const { pages } = routesOf(context);
  return found && { message: found.message, near: pages.get(path) ?? pages.get(`${path}/`) ?? pages.get(nearestRoute(path, context) ?? '') };
}

function checkRoute(path: string, hash: string | undefined, at: TextRange, page: MarkdownPage | undefined, context: PageContext): Found[] {
  const routes = routesOf(context);
  const to = routes.pages.get(path);
  if (to !== undefined) return hash === undefined ? [] : checkAnchor(hash, to, at, page, context);
  if (routes.pages.has(`${path}/`)) return [{ rule: 'link-form', at, message: `Found \`${path}\`, expected \`${path}/\`: pages are published with a slash at the end. Add it.` }];
  if (routes.isServed(decode(path))) return [];
  const near = nearestRoute(path, context);
  return [{ rule: 'dead-link', at, message: `There is no page \`${path}\`.${near === undefined ? '' : ` Did you mean \`${near}\`?`} Correct the link, or write the page.` }];
}

function nearestRoute(path: string, context: PageContext): string | undefined {
  const routes = [...routesOf(context).pages.keys()];
  const last = (route: string): string => route.replace(/\.mdx?$/, '').split('/').filter(Boolean).at(-1) ?? '';
  return context.suggest(path, routes) ?? routes.find((route) => last(route) !== '' && last(route) === last(path));
}

function checkAnchor(hash: string, to: { readonly file: string } & Parameters<typeof routeOf>[0], at: TextRange, page: MarkdownPage | undefined, context: PageContext): Found[] {
  const anchors = routesOf(context).anchorsOf(to);
  const wanted = decode(hash);
  if (wanted === '' || anchors.has(wanted) || to.markdown === undefined) return [];
  const near = context.suggest(wanted, anchors);
  const where = to === page ? 'This page' : to.file;
  return [{ rule: 'dead-anchor', at, message: `${where} has no heading or id \`#${wanted}\`.${near === undefined ? '' : ` Did you mean \`#${near}\`?`} Name one that it has.` }];
}

function checkImage(url: string, at: TextRange, page: MarkdownPage, { root }: PageContext): Found[] {
  const path = decode(url);
  const file = path.startsWith('/') ? join('docs/public', path) : join(dirname(page.file), path);
  return existsSync(join(root, file)) ? [] : [{ rule: 'missing-image', at, message: `There is no image \`${file}\`. Correct the path, or add the file.` }];
}

function checkOutside(url: string, at: TextRange): Found[] {
  const say = (what: string): Found[] => [{ rule: 'outside-link', at, message: what }];
  if (/^mailto:[^@\s]+@[^@\s]+$/i.test(url)) return [];
  if (!URL.canParse(url)) return say(`Found \`${url}\`, which is no valid address. Correct it.`);
  const { protocol, hostname } = new URL(url);
  if (isPrivate(hostname)) return say(`Found a link to \`${hostname}\`, which leads every reader to a different machine or to none. Write it as inline code.`);
  if (protocol !== 'https:') return say(`Found \`${protocol}\`, expected \`https:\`. Change it, or link to a source that has it.`);
  return hostname.includes('.') ? [] : say(`Found the host \`${hostname}\`, expected a full name such as \`prometheus.io\`. Correct it.`);
}

/** This machine, private networks (RFC 1918), and names that never resolve in public (RFC 6761, RFC 6762). */
function isPrivate(host: string): boolean {
  return /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.0\.0\.0$|\[::1\]$)/.test(host) || /(?:^|\.)(?:localhost|local|internal|test|invalid)$/.test(host);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
