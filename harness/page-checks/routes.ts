import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import GithubSlugger, { slug } from 'github-slugger';
import { toString } from 'mdast-util-to-string';
import type { Page } from '../model/block.ts';
import type { PageContext } from '../model/page-check.ts';
import { walkTree } from './walk.ts';

/** Where pages are published and what their `#…` lead to. */
export interface Routes {
  /** Path with a slash at both ends → page. */
  readonly pages: ReadonlyMap<string, Page>;
  /** True for a file of `docs/public` or a route made by `docs/pages`. */
  isServed(path: string): boolean;
  anchorsOf(page: Page): ReadonlySet<string>;
}
/** What the layout of every page brings. */
const LAYOUT_ANCHORS = ['_top', 'objectives-label', 'sources-label'];
const known = new WeakMap<PageContext, Routes>();

/** Read once a run: anchors only of pages that something links into. */
export function routesOf(context: PageContext): Routes {
  const before = known.get(context);
  if (before !== undefined) return before;
  const anchors = new Map<Page, ReadonlySet<string>>();
  let generated: readonly RegExp[] | undefined;
  const routes: Routes = {
    pages: new Map(context.course.map((page) => [routeOf(page), page])),
    isServed: (path) => existsSync(join(context.root, 'docs/public', path)) || (generated ??= generatedRoutes(context.root)).some((route) => route.test(path)),
    anchorsOf: (page) => {
      let found = anchors.get(page);
      if (found === undefined) anchors.set(page, (found = readAnchors(page, context)));
      return found;
    },
  };
  known.set(context, routes);
  return routes;
}

/** As Astro's content loader makes it: `slug` of the frontmatter, or each folder's and the file's name slugged. */
export function routeOf({ id, frontmatter }: Page): string {
  const path = typeof frontmatter['slug'] === 'string' ? frontmatter['slug'] : id.split('/').map((segment) => slug(segment)).join('/').replace(/(^|\/)index$/, '');
  return path === '' ? '/' : `/${path}/`;
}

/** `docs/pages/rules/[rule].astro` → `/rules/…/`: which parameters exist, only a build knows. */
function generatedRoutes(root: string): RegExp[] {
  const folder = join(root, 'docs/pages');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(?:astro|ts|js)$/.test(name)).map((name) => {
    const route = name.replace(/\\/g, '/').replace(/\.(?:astro|ts|js)$/, '').replace(/(^|\/)index$/, '');
    const pattern = route.split('/').map((part) => part.replace(/[.+?^$(){}|]/g, '\\$&').replace(/\[\\\.\\\.\\\.\w+\]/g, '.*').replace(/\[\w+\]/g, '[^/]+')).join('/');
    return new RegExp(`^/${pattern}/?$`);
  });
}

/** Ids of headings as the site makes them, and `id="…"` of components; of terms where the page shows the glossary. */
function readAnchors({ markdown }: Page, { glossary }: PageContext): ReadonlySet<string> {
  const anchors = new Set(LAYOUT_ANCHORS);
  if (markdown === undefined) return anchors;
  const slugger = new GithubSlugger();
  walkTree(markdown.tree, (node) => {
    if (node.type === 'heading') anchors.add(slugger.slug(toString(node)));
    if (node.type === 'footnoteDefinition') anchors.add(`user-content-fn-${node.identifier.toLowerCase()}`);
    if (node.type !== 'mdxJsxFlowElement' && node.type !== 'mdxJsxTextElement') return;
    for (const attribute of node.attributes) if (attribute.type === 'mdxJsxAttribute' && attribute.name === 'id' && typeof attribute.value === 'string') anchors.add(attribute.value);
    if (node.name === 'Glossary') for (const { term } of glossary.terms) anchors.add(slug(term));
  });
  return anchors;
}
