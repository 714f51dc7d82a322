import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import starlight from '@astrojs/starlight';
import type { StarlightPlugin } from '@astrojs/starlight/types';
import { satteri } from '@astrojs/markdown-satteri';
import type { AstroUserConfig } from 'astro';
import { openDiagrams } from './diagrams/draw.ts';
import { liveVerdicts } from './dev/integration.ts';
import { listIncidentPages } from './incident-pages/incident.ts';
import { openCourse, type Course } from './plugins/course.ts';
import { lessonPlugins } from './plugins/lesson.ts';
import { sidebarOf } from './plugins/outline.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

function styleSheets(): string[] {
  return ['fonts.css', 'colours.css', 'page.css', 'code.css', 'readings.css', 'charts.css', 'incidents.css', 'print.css'].map((name) => join(here, 'styles', name));
}

/** In the order of the outline; a small course has none, and is listed as it lies. */
function modules(root: string, course: Course) {
  return existsSync(join(root, 'docs/outline.yml')) ? sidebarOf(course) : [{ label: 'Day 1', items: [{ autogenerate: { directory: 'day-1' } }] }];
}

/** Runbooks are linked from alerts; a small course has none. */
function runbooks(root: string) {
  return existsSync(join(root, 'docs/content/docs/runbooks')) ? [{ label: 'Runbooks', items: [{ autogenerate: { directory: 'runbooks' } }] }] : [];
}

/** What is looked up, not read. */
function lookUps(root: string) {
  return existsSync(join(root, 'docs/content/docs/glossary.mdx')) ? [{ label: 'Look up', items: [{ slug: 'glossary' }, ...(existsSync(join(root, 'docs/content/docs/curriculum.mdx')) ? [{ slug: 'curriculum' }] : [])] }] : [];
}

/** What the harness says, for authors; a small course has no pages of its own. */
function ruleIndex(root: string) {
  if (!existsSync(join(root, 'docs/pages/rules'))) return [];
  const scan = existsSync(join(root, 'docs/content/docs/scan.mdx')) ? [{ slug: 'scan' }] : [];
  return [{ label: 'For authors', items: [{ label: 'What the harness says', link: '/rules/' }, ...scan] }];
}

/** For teachers: every incident that lessons and labs run over; a small course has no pages of its own. */
function incidentIndex(root: string, course: Course) {
  if (!existsSync(join(root, 'docs/pages/incidents'))) return [];
  const incidents = listIncidentPages(course).map(({ id, frontmatter }) => ({ label: String(frontmatter['title']), link: `/${id}/` }));
  return [{ label: 'For teachers', collapsed: true, items: [{ label: 'All incidents', link: '/incidents/' }, ...incidents] }];
}

export interface SiteOptions {
  /** Folder that holds `docs/content`, `docs/transcripts`, `snippets` and `diagrams`. */
  readonly root: string;
  readonly outDir?: string;
  readonly plugins?: StarlightPlugin[];
}

/** Astro's configuration for the course in a folder; the tests build small courses with the same one. */
export function courseSite({ root, outDir = join(root, 'dist'), plugins = [] }: SiteOptions): AstroUserConfig {
  // Set by `npm run dev`: the folder in which the harness leaves verdicts and answers while pages are written.
  const preview = process.env['COURSE_PREVIEW'];
  const course = openCourse(root, preview);
  const diagrams = openDiagrams(root);
  return {
    root,
    site: 'https://course.technow.example',
    srcDir: join(root, 'docs'),
    publicDir: join(root, 'docs/public'),
    cacheDir: join(root, '.cache/astro'),
    outDir,
    trailingSlash: 'always',
    devToolbar: { enabled: false },
    // Served while pages are written, wherever they lie: packages may be linked from elsewhere (a second work tree), and so may a course from our tests.
    vite: { server: { fs: { allow: [root, join(here, '..'), realpathSync(join(here, '../node_modules'))] } } },
    markdown: { processor: satteri({ mdastPlugins: lessonPlugins(course, diagrams) }) },
    integrations: [
      ...(preview === undefined ? [] : [liveVerdicts(course, preview)]),
      starlight({
        title: 'Incident logbook',
        description: 'A course in observability and incident response in which every query, rule and program was run, and what it answered is printed beneath it.',
        customCss: styleSheets(),
        pagefind: true,
        credits: false,
        disable404Route: false,
        components: { PageTitle: join(here, 'components/page-title.astro'), Footer: join(here, 'components/footer.astro'), SocialIcons: join(here, 'components/nothing.astro') },
        sidebar: [...modules(root, course), ...runbooks(root), ...lookUps(root), ...incidentIndex(root, course), ...ruleIndex(root)],
        plugins,
        // How code looks stands in ec.config.mjs: pages that draw code by a component read it from there.
        expressiveCode: true,
      }),
    ],
  };
}
