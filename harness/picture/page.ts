import type { Dataset, Span } from '../model/dataset.ts';
import { CAPS, type Line, type Signals } from './signals.ts';
import { drawLines, escapeHtml } from './svg.ts';
import { formatClock, formatCount } from './words.ts';

/** Log lines that are shown: the first that are not of level info, else the first. */
const SHOWN_LINES = 60;
const STYLE = `
:root{color-scheme:light dark;--paper:#fbfaf6;--ink:#1d1b18;--soft:#4a463f;--rule:#d9d4c7;--signal:#96190f;--fault:rgb(190 40 20/10%);--s1:#0072b2;--s2:#b34700;--s3:#00705a;--s4:#8a5a00}
@media(prefers-color-scheme:dark){:root{--paper:#16171a;--ink:#e9e6df;--soft:#bfbab0;--rule:#3d3f44;--signal:#ffa497;--fault:rgb(255 120 100/14%);--s1:#56b4e9;--s2:#e69f00;--s3:#2fc39a;--s4:#f0e442}}
body{background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.05rem;margin:1.6rem 0 .2rem}p{color:var(--soft);margin:.2rem 0}
svg{width:100%;height:auto;font:11px system-ui,sans-serif;font-variant-numeric:tabular-nums}svg text{fill:var(--soft)}
.grid{stroke:var(--rule)}.fault{fill:var(--fault)}.line{fill:none;stroke-width:1.8;stroke-linejoin:round}
.line.s1{stroke:var(--s1)}.line.s2{stroke:var(--s2)}.line.s3{stroke:var(--s3)}.line.s4{stroke:var(--s4)}
svg text.s1{fill:var(--s1)}svg text.s2{fill:var(--s2)}svg text.s3{fill:var(--s3)}svg text.s4{fill:var(--s4)}
ol{list-style:none;padding:0;margin:.4rem 0;font:12px/1.5 ui-monospace,monospace}li{border-bottom:1px solid var(--rule);padding:.15rem 0;overflow-wrap:anywhere}
.span{display:grid;grid-template-columns:minmax(9rem,38%) 1fr 4.5rem;gap:.5rem;align-items:center}.track{position:relative;height:.55rem}
.track i{position:absolute;inset-block:0;background:var(--s1);min-width:1px}.failed{color:var(--signal)}.time{text-align:right;font-variant-numeric:tabular-nums}`;

/** One page that needs nothing beside itself: charts on one clock, log lines, and the waterfall of the slowest trace that is stored. */
export function renderPage(signals: Signals, title: string): string {
  const { dataset, sizes, binMs } = signals;
  const time = { startMs: dataset.startMs, endMs: dataset.endMs, binMs, faultStartMs: dataset.faultStartMs, faultEndMs: dataset.faultEndMs };
  const chart = (heading: string, lines: readonly Line[], least = 0): string => `<h2>${escapeHtml(heading)}</h2>${drawLines(lines, time, least)}`;
  const fault = dataset.faultStartMs === undefined ? 'no fault' : `fault ${formatClock(dataset.faultStartMs)} to ${formatClock(dataset.faultEndMs ?? dataset.endMs)}`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(dataset.name)} · ${new Date(dataset.startMs).toISOString().slice(0, 10)}, ${formatClock(dataset.startMs)} to ${formatClock(dataset.endMs)} UTC · ${fault}</p>
<p>${(Object.keys(CAPS) as (keyof typeof CAPS)[]).map((what) => `${formatCount(sizes[what])} of ${formatCount(CAPS[what])} ${what}`).join(' · ')}</p>
${chart('Requests at the gateway', [signals.requests])}
${chart('Time that a request takes', signals.latencies)}
${chart('Failed requests', [signals.failed])}
${signals.pool === undefined ? '' : chart('Fullest pool of database connections', [signals.pool], 1)}
${signals.logs.length === 0 ? '' : chart(`Log lines, each ${binMs / 1000} s`, signals.logs)}
${renderLines(dataset)}
${renderWaterfall(dataset)}
</body></html>
`;
}

function renderLines({ logs }: Dataset): string {
  const all = logs.flatMap(({ labels, entries }) => entries.map((entry) => ({ ...entry, level: labels['level'] }))).sort((a, b) => (BigInt(a.timestampNs) < BigInt(b.timestampNs) ? -1 : 1));
  const telling = all.filter(({ level }) => level !== 'info' && level !== 'debug');
  const [chosen, what] = telling.length > 0 ? [telling, 'lines that are not of level info'] : [all, 'lines'];
  if (chosen.length === 0) return '';
  return `<h2>The first ${Math.min(SHOWN_LINES, chosen.length)} of ${formatCount(chosen.length)} ${what}</h2><ol>${chosen.slice(0, SHOWN_LINES).map(({ line, level }) => `<li${level === 'error' ? ' class="failed"' : ''}>${escapeHtml(line)}</li>`).join('')}</ol>`;
}

function renderWaterfall({ traces }: Dataset): string {
  const slowest = traces.reduce<readonly Span[] | undefined>((best, trace) => (durationOf(trace) > durationOf(best) ? trace : best), undefined);
  const [root] = slowest ?? [];
  if (slowest === undefined || root === undefined) return '';
  const depths = new Map<string, number>();
  const rows = orderByParent(slowest, root, 0, depths).map((span) => {
    const left = ((span.startUs - root.startUs) / root.durationUs) * 100;
    const name = `${span.service} ${span.operation}`;
    return `<li class="span${span.failed ? ' failed' : ''}"><span style="padding-left:${(depths.get(span.spanId) ?? 0) * 0.7}rem">${escapeHtml(name)}${span.failed ? ' ✕ failed' : ''}</span><span class="track"><i style="left:${left.toFixed(2)}%;width:${((span.durationUs / root.durationUs) * 100).toFixed(2)}%"></i></span><span class="time">${formatMs(span.durationUs)}</span></li>`;
  });
  return `<h2>The slowest trace that is stored</h2><p>${escapeHtml(root.traceId)} · ${formatClock(Math.floor(root.startUs / 1e6) * 1000)} UTC</p><ol>${rows.join('')}</ol>`;
}

function durationOf(trace: readonly Span[] | undefined): number {
  return trace?.[0]?.durationUs ?? -1;
}

/** Children below their parent, in order of start. */
function orderByParent(trace: readonly Span[], span: Span, depth: number, depths: Map<string, number>): Span[] {
  depths.set(span.spanId, depth);
  return [span, ...trace.filter(({ parentSpanId }) => parentSpanId === span.spanId).flatMap((child) => orderByParent(trace, child, depth + 1, depths))];
}

function formatMs(durationUs: number): string {
  return durationUs >= 1e6 ? `${(durationUs / 1e6).toFixed(2)} s` : `${(durationUs / 1000).toFixed(1)} ms`;
}
