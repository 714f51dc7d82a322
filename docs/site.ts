import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import starlight from '@astrojs/starlight';
import type { StarlightPlugin } from '@astrojs/starlight/types';
import { satteri } from '@astrojs/markdown-satteri';
import type { AstroUserConfig } from 'astro';
import { openDiagrams } from './diagrams/draw.ts';
import { jaeger } from './grammars/jaeger.ts';
import { logql } from './grammars/logql.ts';
import { promql } from './grammars/promql.ts';
import { inkDark, inkLight } from './grammars/themes.ts';
import { courseCodeBlocks } from './plugins/code-blocks.ts';
import { openCourse } from './plugins/course.ts';
import { lessonPlugins } from './plugins/lesson.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

function styleSheets(): string[] {
  return ['fonts.css', 'colours.css', 'page.css', 'code.css', 'readings.css', 'charts.css', 'print.css'].map((name) => join(here, 'styles', name));
}

/** Code stands on paper like text: no windows, tabs, shadows or rounded corners. */
const codeStyle = {
  borderRadius: '0', borderWidth: '0', codeFontFamily: 'var(--sl-font-mono)', codeFontSize: '0.875rem', codeLineHeight: '1.6', codeBackground: 'var(--shade)',
  uiFontFamily: 'var(--font-sans)', uiFontSize: '0.8125rem', codePaddingBlock: '0.75rem', codePaddingInline: '1rem', codeForeground: 'var(--ink)',
  textMarkers: { markBackground: 'var(--mark-line)', markBorderColor: 'var(--ink-soft)', lineMarkerAccentWidth: '3px', inlineMarkerBorderWidth: '0' },
  frames: { frameBoxShadowCssValue: 'none', editorBackground: 'var(--shade)', terminalBackground: 'var(--shade)', terminalTitlebarBackground: 'var(--shade)', editorTabBarBackground: 'transparent', editorActiveTabBackground: 'transparent', editorActiveTabForeground: 'var(--ink-soft)', terminalTitlebarForeground: 'var(--ink-soft)', editorTabBarBorderColor: 'transparent', terminalTitlebarBorderBottomColor: 'transparent', editorActiveTabIndicatorTopColor: 'transparent', editorTabBarBorderBottomColor: 'transparent' },
};

/** Runbooks are linked from alerts; a small course has none. */
function runbooks(root: string) {
  return existsSync(join(root, 'docs/content/docs/runbooks')) ? [{ label: 'Runbooks', items: [{ autogenerate: { directory: 'runbooks' } }] }] : [];
}

/** What is looked up, not read. */
function lookUps(root: string) {
  return existsSync(join(root, 'docs/content/docs/glossary.mdx')) ? [{ label: 'Look up', items: [{ slug: 'glossary' }] }] : [];
}

export interface SiteOptions {
  /** Folder that holds `docs/content`, `docs/transcripts`, `snippets` and `diagrams`. */
  readonly root: string;
  readonly outDir?: string;
  readonly plugins?: StarlightPlugin[];
}

/** Astro's configuration for the course in a folder; the tests build small courses with the same one. */
export function courseSite({ root, outDir = join(root, 'dist'), plugins = [] }: SiteOptions): AstroUserConfig {
  const course = openCourse(root);
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
    markdown: { processor: satteri({ mdastPlugins: lessonPlugins(course, diagrams) }) },
    integrations: [
      starlight({
        title: 'Incident logbook',
        description: 'A course in observability and incident response in which every query, rule and program was run, and what it answered is printed beneath it.',
        customCss: styleSheets(),
        pagefind: true,
        credits: false,
        disable404Route: false,
        components: { PageTitle: join(here, 'components/page-title.astro'), Footer: join(here, 'components/footer.astro'), SocialIcons: join(here, 'components/nothing.astro') },
        sidebar: [{ label: 'Day 1', items: [{ autogenerate: { directory: 'day-1' } }] }, ...runbooks(root), ...lookUps(root)],
        plugins,
        expressiveCode: {
          themes: [inkDark, inkLight],
          useStarlightDarkModeSwitch: true,
          useStarlightUiThemeColors: false,
          minSyntaxHighlightingColorContrast: 7,
          plugins: [courseCodeBlocks()],
          shiki: { langs: [promql, logql, jaeger] },
          defaultProps: { wrap: true, hangingIndent: 2 },
          styleOverrides: codeStyle,
        },
      }),
    ],
  };
}
