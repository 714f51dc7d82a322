import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import type { LiveVerdicts } from '../../harness/model/live-verdicts.ts';
import type { Course } from '../plugins/course.ts';

const EVENT = 'course:verdicts';
const ADDRESS = '/@course/verdicts';

/**
 * While the site is served for writing: each page shows the verdict of its blocks, as the harness tells them in a file. A built
 * site has nothing of this.
 * @param folder where the harness writes `verdicts.json` and the answers of its last run
 */
export function liveVerdicts(course: Course, folder: string): AstroIntegration {
  const file = join(folder, 'verdicts.json');
  const read = (): LiveVerdicts => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LiveVerdicts) : { pages: {} });
  return {
    name: 'course-live-verdicts',
    hooks: {
      'astro:config:setup': ({ command, injectScript }) => {
        if (command === 'dev') injectScript('page', `import ${JSON.stringify(fileURLToPath(new URL('client.ts', import.meta.url)))};`);
      },
      'astro:server:setup': ({ server }) => {
        server.middlewares.use(ADDRESS, (_request, response) => {
          response.setHeader('Content-Type', 'application/json');
          response.setHeader('Cache-Control', 'no-store');
          response.end(JSON.stringify(read()));
        });
        const shown = new Map<string, string>();
        let told = '';
        const tell = (): void => {
          const verdicts = read();
          const text = JSON.stringify(verdicts);
          if (text === told) return;
          told = text;
          server.ws.send({ type: 'custom', event: EVENT, data: verdicts });
          for (const page of findOutdated(course, folder, verdicts, shown)) server.watcher.emit('change', page);
        };
        // Not by the server's watcher of files: it misses one of several replacements in a row, and the last verdict would never be shown.
        mkdirSync(folder, { recursive: true });
        const watcher = watch(folder, (_event, name) => {
          if (name === basename(file)) tell();
        });
        server.httpServer?.once('close', () => watcher.close());
      },
    },
  };
}

/** Pages whose run is over and whose answers are others than those on the screen: they are drawn anew. */
function findOutdated(course: Course, folder: string, { pages }: LiveVerdicts, shown: Map<string, string>): string[] {
  return Object.entries(pages).flatMap(([id, { isDone }]) => {
    if (!isDone) return [];
    const answers = hashAnswers(join(folder, 'docs/transcripts', id));
    const isOutdated = course.unproven.delete(id) || (shown.get(id) ?? answers) !== answers;
    shown.set(id, answers);
    const file = course.pageById(id)?.file;
    return isOutdated && file !== undefined ? [join(course.root, file)] : [];
  });
}

function hashAnswers(folder: string): string {
  const hash = createHash('sha256');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')).sort() : [];
  for (const name of files) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}
