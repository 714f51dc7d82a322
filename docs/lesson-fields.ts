import { z } from 'astro/zod';

/** Kinds of page, as the guide for authors names them. */
export const pageKinds = ['story', 'concept', 'build', 'choose', 'exercise', 'scenario', 'reference'] as const;

/** Where a figure or a claim about the world comes from. */
const source = z.object({ title: z.string(), url: z.url(), note: z.string().optional() }).strict();

/** What a page says about itself, beside Starlight's own fields. */
export const lessonFields = z.object({
  kind: z.enum(pageKinds).optional(),
  /** Reading minutes at 200 words a minute plus 20 seconds a block plus the exercise. */
  minutes: z.number().int().positive().optional(),
  level: z.enum(['beginner', 'intermediate', 'advanced']).optional(),
  /** Each completes "After this page you can …". */
  objectives: z.array(z.string()).optional(),
  /** Telemetry that the page's blocks run against when they name none. */
  dataset: z.string().optional(),
  /** Row ids of `docs/curriculum.yml`. */
  covers: z.array(z.string()).optional(),
  /** The page of another edition that is about the same, `2.0/day-1/checkout-lag`; without it, the page of the same id in newer ones. */
  counterpart: z.string().optional(),
  /** Pages of an edition that is not current: what changed since it was written, a sentence each. */
  since: z.array(z.string()).optional(),
  sources: z.array(z.union([z.string(), source])).optional(),
});
