import { defineCollection } from 'astro:content';
import { docsLoader } from '@astrojs/starlight/loaders';
import { docsSchema } from '@astrojs/starlight/schema';
import { lessonFields } from './lesson-fields.ts';

const schema = docsSchema({ extend: lessonFields });

export const collections = {
  docs: defineCollection({
    loader: docsLoader(),
    // Unknown keys fail: a typo in frontmatter must never be silence.
    schema: (context) => schema(context).strict(),
  }),
};
