import { createHighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import { describe, expect, it, vi } from 'vitest';
import { codeOptions, wholeLines } from '../../docs/code-options.ts';
import { openmetricsText, prometheusText } from '../../docs/grammars/exposition.ts';
import type { Grammar } from '../../docs/grammars/grammar.ts';
import { jaeger } from '../../docs/grammars/jaeger.ts';
import { logql } from '../../docs/grammars/logql.ts';
import { promql } from '../../docs/grammars/promql.ts';
import { inkDark, inkLight } from '../../docs/grammars/themes.ts';

const samples: readonly (readonly [Grammar, string])[] = [
  [promql, 'histogram_quantile(0.99, sum by (service, le) (rate(http_request_duration_seconds_bucket{service="checkout", status=~"5.."}[5m] offset 1h))) > 1 # slow\n'],
  [promql, 'sum without (instance) (job:requests:rate5m) / on (job) group_left () topk(3, up{job!~\'a|b\'} @ 1609746000.5) ^ 2 == bool 1e-3 or vector(NaN) and -Inf unless x[1h30m:15s] % 0x1f * `raw`\n'],
  [logql, 'sum by (payment_status) (count_over_time({service="checkout", level=~"err.*"} |= "boom" != `x` |~ "a" !~ "b" | json | duration_ms > 2s and bytes >= 20KB | line_format "{{.msg}}" | unwrap duration_ms [1m])) / 2 # share\n'],
  [jaeger, 'service=checkout\noperation=POST /checkout\nminDuration=1.5s\nlimit=20\ntags={"http.response.status_code":"500"} # who\n'],
  [prometheusText, '# HELP http_requests_total How many, \\n escaped.\n# TYPE http_requests_total counter\n# why\nhttp_requests_total{route="/a \\"b\\"", status="200"} 42 1773237720000\n{"http.server.up"} +Inf\nup NaN\n'],
  [openmetricsText, '# TYPE took_seconds histogram\n# UNIT took_seconds seconds\ntook_seconds_bucket{le="+Inf"} 1.5e3 # {trace_id="4bf9"} 0.07 1773237720.123\n# EOF\n'],
];

async function unscoped(grammar: Grammar, code: string): Promise<string[]> {
  const highlighter = await createHighlighterCore({ langs: [grammar], themes: [inkLight, inkDark], engine: createJavaScriptRegexEngine() });
  const lines = highlighter.codeToTokensBase(code, { lang: grammar.name, theme: 'ink-light', includeExplanation: true });
  return lines.flat().flatMap((token) => token.explanation ?? []).filter((part) => part.content.trim() !== '' && part.scopes.length < 2).map((part) => part.content);
}

describe('grammars', () => {
  it.each(samples)('gives every token of a sample a scope: %#', async (grammar, code) => {
    expect(await unscoped(grammar, code)).toEqual([]);
  });
  it('would notice a token without one', async () => {
    expect(await unscoped(jaeger, 'service=checkout }\n')).toEqual([]);
    expect(await unscoped({ ...promql, patterns: [{ include: '#comment' }] }, 'up # x\n')).toEqual(['up ']);
  });
});

describe('a line of code', () => {
  it('has all its colours, however busy the machine', async () => {
    const highlighter = await createHighlighterCore({ themes: [inkLight], langs: [promql], engine: createJavaScriptRegexEngine() });
    const options: { lang: string; theme: string; tokenizeTimeLimit?: number } = { lang: 'promql', theme: inkLight.name };
    const tokens = (): number => highlighter.codeToTokensBase('sum by (service) (rate(up{job="a"}[5m])) > 1', options).flat().length;
    const calm = tokens();
    let nowMs = 0;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => (nowMs += 1_000));
    try {
      expect(tokens()).toBeLessThan(calm);
      wholeLines.preprocess('', options);
      expect(tokens()).toBe(calm);
    } finally {
      clock.mockRestore();
    }
    expect(codeOptions.shiki).toMatchObject({ transformers: [wholeLines] });
  });
});

/** WCAG 2 relative luminance and contrast. */
function contrast(one: string, other: string): number {
  const luminance = (hex: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16) / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

describe('colours of code', () => {
  it.each([inkLight, inkDark])('have at least 7:1 on their paper', (theme) => {
    const paper = theme.colors['editor.background'];
    const colours = theme.settings.map((rule) => rule.settings.foreground).filter((colour) => colour !== undefined);
    expect(colours.filter((colour) => contrast(colour, paper) < 7)).toEqual([]);
  });
});
