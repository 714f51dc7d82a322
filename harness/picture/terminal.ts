import { CAPS, type Line, type Signals } from './signals.ts';
import { formatClock, formatCount, formatValue } from './words.ts';

const BLOCKS = '▁▂▃▄▅▆▇█';
const RED = '\u001b[31m';
const DIM = '\u001b[2m';
const RESET = '\u001b[0m';

/**
 * A dataset at a glance, for a terminal: one sparkline a signal from zero to its highest value (the pool's to full), the fault window above them, and sizes against
 * what a dataset may hold. Pure; colour only where asked for.
 */
export function renderSignals(signals: Signals, title: string, color: boolean): string {
  const { dataset, sizes } = signals;
  const paint = (style: string, text: string): string => (color ? `${style}${text}${RESET}` : text);
  const lines = [signals.requests, ...signals.latencies, signals.failed, ...(signals.pool ? [signals.pool] : []), ...signals.logs.map((line) => ({ ...line, name: `${line.name} lines` })), { ...signals.traces, name: 'traces stored' }];
  const width = Math.max(...lines.map(({ name }) => name.length));
  const window = faultWindow(signals);
  const rows = lines.map((line) => `  ${line.name.padEnd(width)}  ${paintWindow(sparkline(line), window, (text) => paint(RED, text))}  ${describeRange(line)}`);
  const fault = window === undefined ? [`  ${''.padEnd(width)}  no fault`] : [`  ${'fault'.padEnd(width)}  ${paint(RED, `${' '.repeat(window.from)}${'▔'.repeat(window.to - window.from)}`)}${' '.repeat(Math.max(0, signals.requests.values.length - window.to))}  ${formatClock(dataset.faultStartMs ?? 0)} to ${formatClock(dataset.faultEndMs ?? 0)}`];
  const date = new Date(dataset.startMs).toISOString().slice(0, 10);
  return [
    `${title} (${dataset.name}) · ${date}, ${formatClock(dataset.startMs)} to ${formatClock(dataset.endMs)} UTC · scraped every ${dataset.stepMs / 1000} s`,
    paint(DIM, `  one character is ${signals.binMs / 1000} s; requests, times and failures are the gateway's; the pool is the fullest one`),
    ...fault, ...rows,
    `  ${(Object.keys(CAPS) as (keyof typeof CAPS)[]).map((what) => describeSize(what, sizes[what], paint)).join(' · ')}`,
  ].join('\n');
}

function describeSize(what: keyof typeof CAPS, size: number, paint: (style: string, text: string) => string): string {
  const text = `${formatCount(size)} of ${formatCount(CAPS[what])} ${what}`;
  return size > CAPS[what] ? paint(RED, `${text}: too many`) : text;
}

function sparkline({ name, values }: Line): string {
  // A pool that is a tenth full must not look full.
  const highest = Math.max(name === 'pool' ? 1 : 0, ...values.filter((value) => value !== undefined));
  return values.map((value) => (value === undefined ? ' ' : BLOCKS[highest === 0 ? 0 : Math.min(7, Math.floor((value / highest) * 7.999))])).join('');
}

function describeRange({ values, unit }: Line): string {
  const found = values.filter((value) => value !== undefined);
  if (found.length === 0) return 'nothing measured';
  const [lowest, highest] = [Math.min(...found), Math.max(...found)];
  return lowest === highest ? `always ${formatValue(highest, unit)}` : `${formatValue(lowest, unit)} to ${formatValue(highest, unit)}`;
}

interface Window { readonly from: number; readonly to: number }

/** Bins that the fault touches. */
function faultWindow({ dataset: { startMs, faultStartMs, faultEndMs, endMs }, binMs, requests }: Signals): Window | undefined {
  if (faultStartMs === undefined) return undefined;
  const from = Math.floor((faultStartMs - startMs) / binMs);
  return { from, to: Math.max(from + 1, Math.min(requests.values.length, Math.ceil(((faultEndMs ?? endMs) - startMs) / binMs))) };
}

function paintWindow(text: string, window: Window | undefined, paint: (text: string) => string): string {
  return window === undefined ? text : text.slice(0, window.from) + paint(text.slice(window.from, window.to)) + text.slice(window.to);
}
