import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

const at = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Pages for learners and teachers that no author writes: every course has them, also the small ones of our tests. */
export function learningPages(): AstroIntegration {
  return {
    name: 'course-learning',
    hooks: {
      'astro:config:setup': ({ injectRoute }) => {
        injectRoute({ pattern: '/progress', entrypoint: at('progress.astro'), prerender: true });
        injectRoute({ pattern: '/presenter', entrypoint: at('presenter.astro'), prerender: true });
        injectRoute({ pattern: '/certificate', entrypoint: at('certificate.astro'), prerender: true });
        injectRoute({ pattern: '/[...edition]/schedule', entrypoint: at('schedule.astro'), prerender: true });
      },
    },
  };
}

/** The sidebar's group of what readers keep, and of what teachers plan. @param prefix of an edition, `1.0/` */
export function learningLinks(prefix: string) {
  return { label: 'Learn and teach', items: [{ label: 'Your progress', link: '/progress/' }, { label: 'Certificate', link: '/certificate/' }, { label: 'Schedule', link: `/${prefix}schedule/` }] };
}
