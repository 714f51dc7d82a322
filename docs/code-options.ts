import type { StarlightExpressiveCodeOptions } from '@astrojs/starlight/expressive-code';
import { openmetricsText, prometheusText } from './grammars/exposition.ts';
import { jaeger } from './grammars/jaeger.ts';
import { logql } from './grammars/logql.ts';
import { promql } from './grammars/promql.ts';
import { inkDark, inkLight } from './grammars/themes.ts';
import { courseCodeBlocks } from './plugins/code-blocks.ts';

/** Code stands on paper like text: no windows, tabs, shadows or rounded corners. */
const codeStyle = {
  borderRadius: '0', borderWidth: '0', codeFontFamily: 'var(--sl-font-mono)', codeFontSize: '0.875rem', codeLineHeight: '1.6', codeBackground: 'var(--shade)',
  uiFontFamily: 'var(--font-sans)', uiFontSize: '0.8125rem', codePaddingBlock: '0.75rem', codePaddingInline: '1rem', codeForeground: 'var(--ink)',
  textMarkers: { markBackground: 'var(--mark-line)', markBorderColor: 'var(--ink-soft)', lineMarkerAccentWidth: '3px', inlineMarkerBorderWidth: '0' },
  frames: { frameBoxShadowCssValue: 'none', editorBackground: 'var(--shade)', terminalBackground: 'var(--shade)', terminalTitlebarBackground: 'var(--shade)', editorTabBarBackground: 'transparent', editorActiveTabBackground: 'transparent', editorActiveTabForeground: 'var(--ink-soft)', terminalTitlebarForeground: 'var(--ink-soft)', editorTabBarBorderColor: 'transparent', terminalTitlebarBorderBottomColor: 'transparent', editorActiveTabIndicatorTopColor: 'transparent', editorTabBarBorderBottomColor: 'transparent' },
};

/**
 * Shiki leaves the rest of a line without colours once it has taken half a second, as the first line of a language may on a busy machine: two
 * builds of the same page then differ. `tokenizeTimeLimit: 0` has none.
 */
export const wholeLines: { name: string; preprocess(code: string, options: { tokenizeTimeLimit?: number | undefined }): void } = {
  name: 'whole-lines',
  preprocess(_code, options) {
    options.tokenizeTimeLimit = 0;
  },
};

/** How every block of code is drawn; read by `ec.config.mjs`. */
export const codeOptions: StarlightExpressiveCodeOptions = {
  themes: [inkDark, inkLight],
  useStarlightDarkModeSwitch: true,
  useStarlightUiThemeColors: false,
  minSyntaxHighlightingColorContrast: 7,
  plugins: [courseCodeBlocks()],
  shiki: { langs: [promql, logql, jaeger, prometheusText, openmetricsText], transformers: [wholeLines] },
  defaultProps: { wrap: true, hangingIndent: 2 },
  styleOverrides: codeStyle,
};
