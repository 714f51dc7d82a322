import { defineCollection } from 'astro:content';
import { glob } from 'astro/loaders';
import { docsSchema } from '@astrojs/starlight/schema';
import { slug } from 'github-slugger';
import { lessonFields } from './lesson-fields.ts';

const schema = docsSchema({ extend: lessonFields });

/** `content/docs/day-1/checkout-lag.mdx` → `day-1/checkout-lag`, `editions/1.0/docs/content/docs/day-1/index.mdx` → `1.0/day-1`. */
function idOf(entry: string, data: Record<string, unknown>): string {
  const [, edition, path = entry] = /^(?:editions\/([^/]+)\/docs\/)?content\/docs\/(.*)$/.exec(entry) ?? [];
  const page = typeof data['slug'] === 'string' ? data['slug'] : path.replace(/\.mdx$/, '').split('/').map((segment) => slug(segment)).join('/');
  return `${edition === undefined ? '' : `${edition}/`}${page}`.replace(/\/index$/, '');
}

export const collections = {
  docs: defineCollection({
    // The current edition's pages, and those of the others, each below the edition's address.
    loader: glob({
      base: './docs', pattern: ['content/docs/**/[^_]*.mdx', 'editions/*/docs/content/docs/**/[^_]*.mdx'],
      generateId: ({ entry, data }) => idOf(entry, data),
    }),
    // Unknown keys fail: a typo in frontmatter must never be silence.
    schema: (context) => schema(context).strict(),
  }),
};
