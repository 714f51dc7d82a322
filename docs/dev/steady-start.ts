import type { AstroIntegration } from 'astro';

/** Files whose change makes Astro's server start anew. */
const SETTINGS = /(?:^|\/)(?:package\.json|tsconfig[^/]*\.json|astro\.config\.\w+|\.astro\/settings\.json)$/;

/**
 * A server that starts anew before it has started for the first time has no page at all, and sees none that is written later (astro 7.3.5:
 * "transport was disconnected", and what it was loading is never asked for again). What happens to its settings meanwhile is told afterwards.
 */
export function steadyStart(): AstroIntegration {
  let isFirst = false;
  let tellHeld = (): void => undefined;
  return {
    name: 'course-steady-start',
    hooks: {
      'astro:config:setup': ({ command, isRestart }) => {
        isFirst = command === 'dev' && !isRestart;
      },
      'astro:server:setup': ({ server: { watcher } }) => {
        if (!isFirst) return;
        const held: Parameters<typeof watcher.emit>[] = [];
        const tell = watcher.emit.bind(watcher);
        watcher.emit = (...event) => (SETTINGS.test(String(event[1])) ? held.push(event) > 0 : tell(...event));
        tellHeld = () => {
          watcher.emit = tell;
          for (const event of held) tell(...event);
        };
      },
      // The pages are loaded by then. Not at once: Astro says first that it is ready.
      'astro:server:start': () => void setImmediate(tellHeld),
    },
  };
}
