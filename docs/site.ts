import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sitemap from '@astrojs/sitemap';
import starlight from '@astrojs/starlight';
import type { StarlightPlugin } from '@astrojs/starlight/types';
import { satteri } from '@astrojs/markdown-satteri';
import type { AstroUserConfig } from 'astro';
import { openDiagrams } from './diagrams/draw.ts';
import { liveVerdicts } from './dev/integration.ts';
import { steadyStart } from './dev/steady-start.ts';
import { readRedirects } from './build/addresses.ts';
import { listIncidentPages } from './incident-pages/incident.ts';
import type { Course } from './plugins/course.ts';
import { addressIn, findCounterparts, listEditionPages, openEditions, type SiteEdition } from './plugins/editions.ts';
import { describeLearning } from './learning/describe.ts';
import { learningLinks, learningPages } from './learning/integration.ts';
import { lessonPlugins } from './plugins/lesson.ts';
import type { EditionsOnPages } from './edition-pages/model.ts';
import { describeMutants } from './plugins/mutations.ts';
import { sidebarOf } from './plugins/outline.ts';
import { describeVolumes } from './print/on-pages.ts';
import { siteAddress } from './site-address.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

function styleSheets(): string[] {
  return ['fonts.css', 'colours.css', 'page.css', 'code.css', 'readings.css', 'charts.css', 'incidents.css', 'editions.css', 'learning.css', 'print.css'].map((name) => join(here, 'styles', name));
}

/** What an edition has of its own. */
function sidebarIn(edition: SiteEdition) {
  return [...modules(edition), ...runbooks(edition), ...lookUps(edition), learningLinks(edition.prefix)];
}

/** In the order of the outline; a small course has none, and is listed as it lies. */
function modules(edition: SiteEdition) {
  return existsSync(join(edition.course.root, 'docs/outline.yml')) ? sidebarOf(edition.course, edition.prefix) : [{ label: 'Day 1', items: pagesBelow(edition, 'day-1') }];
}

/** As they lie. Starlight lists folders of `docs/content/docs` only, and editions have folders of their own. */
function pagesBelow(edition: SiteEdition, folder: string) {
  return listEditionPages(edition).filter(({ id }) => id.startsWith(`${folder}/`)).map(({ id, frontmatter }) => ({ label: String(frontmatter['title']), link: addressIn(edition, id) }));
}

/** Runbooks are linked from alerts; a small course has none. */
function runbooks(edition: SiteEdition) {
  const items = pagesBelow(edition, 'runbooks');
  return items.length === 0 ? [] : [{ label: 'Runbooks', items }];
}

/** What is looked up, not read. */
function lookUps({ course, prefix }: SiteEdition) {
  const present = ['glossary', 'curriculum'].filter((name) => existsSync(join(course.root, `docs/content/docs/${name}.mdx`)));
  return present.length === 0 ? [] : [{ label: 'Look up', items: present.map((name) => ({ slug: `${prefix}${name}` })) }];
}

/** What the harness says, for authors; a small course has no pages of its own. */
function ruleIndex(root: string) {
  if (!existsSync(join(root, 'docs/pages/rules'))) return [];
  const scan = ['scan', 'mistakes'].filter((slug) => existsSync(join(root, `docs/content/docs/${slug}.mdx`))).map((slug) => ({ slug }));
  return [{ label: 'For authors', items: [{ label: 'What the harness says', link: '/rules/' }, ...scan] }];
}

/** For teachers: every incident that lessons and labs run over; a small course has no pages of its own. */
function incidentIndex(root: string, course: Course) {
  if (!existsSync(join(root, 'docs/pages/incidents'))) return [];
  const incidents = listIncidentPages(course).map(({ id, frontmatter }) => ({ label: String(frontmatter['title']), link: `/${id}/` }));
  return [{ label: 'For teachers', collapsed: true, items: [{ label: 'All incidents', link: '/incidents/' }, ...incidents] }];
}

/** What the pages themselves know of the editions: see `edition-pages/route.ts`. */
function describeEditions(editions: readonly SiteEdition[]): EditionsOnPages {
  return { editions: editions.map(({ id, title, isCurrent, prefix, stack }) => ({ id, title, isCurrent, stack, prefix: `/${prefix}` })), counterparts: findCounterparts(editions) };
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
  const editions = openEditions(root, preview);
  const { course } = editions[0] as SiteEdition;
  const diagrams = openDiagrams(root);
  const redirects = readRedirects(root);
  return {
    root,
    site: siteAddress,
    srcDir: join(root, 'docs'),
    publicDir: join(root, 'docs/public'),
    cacheDir: join(root, '.cache/astro'),
    outDir,
    trailingSlash: 'always',
    redirects,
    devToolbar: { enabled: false },
    // Served while pages are written, wherever they lie: packages may be linked from elsewhere (a second work tree), and so may a course from our tests.
    vite: {
      define: { MUTATION_LINES: JSON.stringify(describeMutants((editions[0] as SiteEdition).course)), COURSE_EDITIONS: JSON.stringify(describeEditions(editions)), LEARNING: JSON.stringify(describeLearning(editions, redirects)), COURSE_VOLUMES: JSON.stringify(describeVolumes(editions)) },
      server: { fs: { allow: [root, join(here, '..'), realpathSync(join(here, '../node_modules'))] } },
    },
    markdown: { processor: satteri({ mdastPlugins: lessonPlugins(editions, diagrams) }) },
    integrations: [
      steadyStart(),
      learningPages(),
      ...(preview === undefined ? [] : [liveVerdicts(course, preview)]),
      // Search engines are told of the current edition only.
      sitemap({ filter: (address) => editions.every(({ isCurrent, prefix }) => isCurrent || !new URL(address).pathname.startsWith(`/${prefix}`)) }),
      starlight({
        title: 'Incident logbook',
        description: 'A course in observability and incident response in which every query, rule and program was run, and what it answered is printed beneath it.',
        customCss: styleSheets(),
        pagefind: true,
        credits: false,
        disable404Route: false,
        components: { PageTitle: join(here, 'components/page-title.astro'), LanguageSelect: join(here, 'components/edition-select.astro'), Footer: join(here, 'components/footer.astro'), SocialIcons: join(here, 'components/nothing.astro') },
        // A group an edition; each page shows that of its own.
        sidebar: editions.map((edition) => ({ label: edition.id, items: edition.isCurrent ? [...sidebarIn(edition), ...incidentIndex(root, course), ...ruleIndex(root)] : sidebarIn(edition) })),
        routeMiddleware: join(here, 'edition-pages/route.ts'),
        plugins,
        // How code looks stands in ec.config.mjs: pages that draw code by a component read it from there.
        expressiveCode: true,
      }),
    ],
  };
}
