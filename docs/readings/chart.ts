import type { Moment } from './context.ts';
import { formatClock } from './clock.ts';
import { h, s, type Element } from './hast.ts';
import { formatFixed, ticksTo } from './numbers.ts';

export interface ChartSeries {
  readonly name: string;
  readonly points: readonly (readonly [timestampMs: number, value: number])[];
  /** 1 to 5: a colour of the palette; 0: grey. */
  readonly colour: number;
}
export interface ChartFrame {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly unit: string;
  readonly faultStartMs: number | undefined;
  readonly faultEndMs: number | undefined;
  readonly moments: readonly Moment[];
  /** Text alternative. */
  readonly label: string;
  /** One of several below each other: half as high, with margins that all share. */
  readonly compact?: boolean;
  /** The axis reaches at least so far: what is full. */
  readonly full?: number;
}
interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}
/** Advance of one character of the labels' face at their size, in SVG units; generous, so that no label is cut. */
const characterWidth = 7.2;
const labelHeight = 15;

function sheetFor(size: 'wide' | 'narrow', series: readonly ChartSeries[], yLabels: readonly string[], compact = false): Sheet {
  if (compact) return { width: size === 'wide' ? 720 : 350, height: 180, left: 52, right: 36, top: 44, bottom: 26 };
  const longest = Math.max(0, ...series.filter((one) => one.colour > 0).map((one) => one.name.length));
  const limit = size === 'wide' ? 190 : 92;
  const right = longest === 0 ? 16 : Math.min(limit, 14 + longest * characterWidth);
  const left = 12 + Math.max(...yLabels.map((text) => text.length)) * characterWidth;
  return size === 'wide' ? { width: 720, height: 300, left, right, top: 44, bottom: 26 } : { width: 350, height: 270, left, right, top: 44, bottom: 26 };
}

function timeTicks(startMs: number, endMs: number, wanted: number): number[] {
  const minute = 60_000;
  const rough = (endMs - startMs) / wanted;
  const steps = [0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440].map((minutes) => minutes * minute);
  const stepMs = steps.find((candidate) => candidate >= rough) ?? 1440 * minute;
  const ticks: number[] = [];
  for (let tick = Math.ceil(startMs / stepMs) * stepMs; tick <= endMs; tick += stepMs) ticks.push(tick);
  return ticks;
}

/** Pushes labels apart, keeping their order from top to bottom, inside the plot. */
function spread(wanted: readonly number[], top: number, bottom: number): number[] {
  const order = wanted.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y);
  const placed: number[] = [];
  order.forEach(({ y }, rank) => placed.push(Math.max(y, rank === 0 ? top : (placed[rank - 1] ?? top) + labelHeight)));
  for (let rank = placed.length - 1, limit = bottom; rank >= 0; rank -= 1, limit -= labelHeight) placed[rank] = Math.min(placed[rank] ?? limit, limit);
  const result: number[] = [];
  order.forEach(({ index }, rank) => (result[index] = placed[rank] ?? bottom));
  return result;
}

function shorten(text: string, room: number): string {
  const letters = Math.floor(room / characterWidth);
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
}

function linePath(points: ChartSeries['points'], stepMs: number, x: (timestampMs: number) => number, y: (value: number) => number): string {
  let path = '';
  let previousMs: number | undefined;
  for (const [timestampMs, value] of points) {
    if (!Number.isFinite(value)) {
      previousMs = undefined;
      continue;
    }
    // A gap in the samples is a gap in the line: nothing is drawn where nothing was measured.
    const isJoined = previousMs !== undefined && timestampMs - previousMs <= stepMs * 1.5;
    path += `${isJoined ? 'L' : 'M'}${x(timestampMs).toFixed(1)} ${y(value).toFixed(1)}`;
    previousMs = timestampMs;
  }
  return path;
}

function drawTime(sheet: Sheet, frame: ChartFrame, x: (timestampMs: number) => number): Element[] {
  const baseline = sheet.height - sheet.bottom;
  return timeTicks(frame.startMs, frame.endMs, sheet.width > 500 ? 7 : 3.5).flatMap((tick) => [
    s('line', { className: ['tick'], x1: x(tick), x2: x(tick), y1: baseline, y2: baseline + 4 }),
    s('text', { className: ['axis'], x: x(tick), y: baseline + 18, textAnchor: 'middle' }, formatClock(tick)),
  ]);
}

function drawFault(sheet: Sheet, frame: ChartFrame, x: (timestampMs: number) => number): Element[] {
  if (frame.faultStartMs === undefined || frame.faultStartMs > frame.endMs) return [];
  const fromMs = Math.max(frame.startMs, frame.faultStartMs);
  const toMs = Math.min(frame.endMs, frame.faultEndMs ?? frame.endMs);
  if (toMs <= fromMs) return [];
  const height = sheet.height - sheet.bottom - sheet.top;
  const withClock = (word: string, edge: number): string => (sheet.width > 500 ? `${word} ${formatClock(edge)}` : word);
  const edges = [frame.faultStartMs, frame.faultEndMs].filter((edge) => edge !== undefined && edge >= frame.startMs && edge <= frame.endMs) as number[];
  return [
    s('rect', { className: ['fault'], x: x(fromMs), y: sheet.top, width: x(toMs) - x(fromMs), height }),
    ...edges.map((edge) => s('line', { className: ['fault-edge'], x1: x(edge), x2: x(edge), y1: sheet.top, y2: sheet.top + height })),
    s('text', { className: ['fault-label'], x: x(fromMs), y: sheet.top - 7 }, withClock('fault', frame.faultStartMs)),
    ...(frame.faultEndMs !== undefined && frame.faultEndMs <= frame.endMs ? [s('text', { className: ['fault-label'], x: x(toMs), y: sheet.top - 7 }, withClock('fixed', frame.faultEndMs))] : []),
  ];
}

function drawMoments(sheet: Sheet, frame: ChartFrame, x: (timestampMs: number) => number): Element[] {
  return frame.moments
    .filter((moment) => moment.atMs >= frame.startMs && moment.atMs <= frame.endMs)
    .slice(0, 2)
    .flatMap((moment) => {
      const at = x(moment.atMs);
      const text = sheet.width > 500 ? `▲ ${moment.label} ${formatClock(moment.atMs)}` : `▲ ${formatClock(moment.atMs)}`;
      const isLate = at > sheet.width - text.length * characterWidth;
      return [
        s('line', { className: ['moment'], x1: at, x2: at, y1: sheet.top - 20, y2: sheet.height - sheet.bottom }),
        s('text', { className: ['moment-label'], x: isLate ? at - 4 : at + 4, y: sheet.top - 22, textAnchor: isLate ? 'end' : 'start' }, text),
      ];
    });
}

/** One SVG; the page holds a wide and a narrow one and shows what fits, so that text keeps its size on a phone. */
export function drawChart(series: readonly ChartSeries[], frame: ChartFrame, size: 'wide' | 'narrow'): Element {
  const finite = series.flatMap((one) => one.points.map(([, value]) => value)).filter(Number.isFinite);
  const lowest = Math.min(0, ...finite);
  const ticks = [...(lowest < 0 ? ticksTo(-lowest).slice(1).map((tick) => -tick).reverse() : []), ...ticksTo(Math.max(frame.full ?? 0, ...finite), finite.every(Number.isInteger))];
  const decimals = Math.max(0, ...ticks.map((tick) => (String(tick).split('.')[1] ?? '').length));
  const yLabels = ticks.map((tick) => formatFixed(tick, Math.min(decimals, tick === 0 ? 0 : decimals)));
  const sheet = sheetFor(size, series, yLabels, frame.compact);
  const bottom = sheet.height - sheet.bottom;
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)];
  const x = (timestampMs: number): number => Number((sheet.left + ((timestampMs - frame.startMs) / Math.max(1, frame.endMs - frame.startMs)) * (sheet.width - sheet.left - sheet.right)).toFixed(1));
  const y = (value: number): number => Number((bottom - ((value - low) / (high - low)) * (bottom - sheet.top)).toFixed(1));
  const grid = ticks.flatMap((tick, index) => [
    s('line', { className: [tick === 0 ? 'zero' : 'grid'], x1: sheet.left, x2: sheet.width - sheet.right, y1: y(tick), y2: y(tick) }),
    s('text', { className: ['axis'], x: sheet.left - 8, y: y(tick) + 4, textAnchor: 'end' }, yLabels[index] ?? ''),
  ]);
  const named = series.filter((one) => one.colour > 0 && one.name !== '');
  const ends = named.map((one) => one.points.findLast(([, value]) => Number.isFinite(value)));
  const labelYs = spread(ends.map((end) => y(end?.[1] ?? 0)), sheet.top, bottom);
  const labels = named.map((one, index) =>
    s('text', { className: ['end', `series-${one.colour}`], x: x(ends[index]?.[0] ?? frame.endMs) + 7, y: (labelYs[index] ?? 0) + 4 }, shorten(one.name, sheet.right - 8)),
  );
  const lines = [...series].sort((a, b) => Number(a.colour > 0) - Number(b.colour > 0)).map((one) => s('path', { className: ['line', `series-${one.colour}`], d: linePath(one.points, frame.stepMs, x, y) }));
  const unit = frame.unit === '' ? [] : [s('text', { className: ['axis'], x: 0, y: 12 }, frame.unit)];
  return h('div', { className: [size] }, [
    s('svg', { viewBox: `0 0 ${sheet.width} ${sheet.height}`, width: sheet.width, height: sheet.height, role: 'img', ariaLabel: frame.label }, [
      ...drawFault(sheet, frame, x), ...grid, ...drawTime(sheet, frame, x), ...unit, ...drawMoments(sheet, frame, x), ...lines, ...labels,
    ]),
  ]);
}
