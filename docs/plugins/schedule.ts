import { addressOf, readOutline, sumMinutes, type OutlinePage, type OutlinePart } from './outline.ts';
import type { Course } from './course.ts';
import { h, type Element } from '../readings/hast.ts';
import { toHtml } from '../readings/index.ts';

const LEVELS = ['beginner', 'intermediate', 'advanced'] as const;
/** Nobody listens longer without a break; a rule of thumb of classrooms. */
const MAX_BLOCK_MIN = 55;
const BREAK_MIN = 10;
const LUNCH_MIN = 45;
const LUNCH_FROM_MIN = 12 * 60;
const LUNCH_UNTIL_MIN = 15 * 60;

/** One line of a schedule, in minutes since midnight. */
export interface Slot<P = OutlinePage> {
  readonly fromMin: number;
  readonly toMin: number;
  readonly what: string;
  readonly page?: P;
}

/**
 * The pages one after the other, with a break before any that would make a stretch longer than 55 minutes, and lunch at the first break from
 * noon to three.
 * @param startMin minutes since midnight
 */
export function planDay<P extends Pick<OutlinePage, 'title' | 'minutes'>>(pages: readonly P[], startMin: number): readonly Slot<P>[] {
  const slots: Slot<P>[] = [];
  let now = startMin;
  let sinceBreak = 0;
  let hasEaten = false;
  for (const page of pages) {
    if (sinceBreak > 0 && sinceBreak + page.minutes > MAX_BLOCK_MIN) {
      const isLunch: boolean = !hasEaten && now >= LUNCH_FROM_MIN && now < LUNCH_UNTIL_MIN;
      const length = isLunch ? LUNCH_MIN : BREAK_MIN;
      slots.push({ fromMin: now, toMin: now + length, what: isLunch ? 'Lunch' : 'Break' });
      hasEaten ||= isLunch;
      now += length;
      sinceBreak = 0;
    }
    slots.push({ fromMin: now, toMin: now + page.minutes, what: page.title, page });
    now += page.minutes;
    sinceBreak += page.minutes;
  }
  return slots;
}

function clock(min: number): string {
  return `${String(Math.floor(min / 60)).padStart(2, '0')}:${String(min % 60).padStart(2, '0')}`;
}

function link(page: OutlinePage): Element {
  return h('a', { href: addressOf(page.id) }, page.title);
}

function table(columns: readonly string[], rows: readonly (readonly (string | Element)[])[]): Element {
  return h('table', [
    h('thead', [h('tr', columns.map((column) => h('th', { scope: 'col' }, column)))]),
    h('tbody', rows.map(([first = '', ...rest]) => h('tr', [h('th', { scope: 'row' }, [first]), ...rest.map((cell) => h('td', [cell]))]))),
  ]);
}

function partsOf(course: Course, module: string): readonly OutlinePart[] {
  return readOutline(course).find(({ id }) => id === module)?.parts ?? [];
}

/** `<Outline module="day-1" />`: every page of a module by part, with what kind it is, for whom, and how long it takes. */
export function renderOutline(course: Course, module: string): string {
  const rows = partsOf(course, module).flatMap(({ title, pages }) => pages.filter(({ minutes }) => minutes > 0).map((page) => [link(page), title, page.kind ?? '', page.level ?? '', String(page.minutes)]));
  return toHtml(table(['Page', 'Part', 'Kind', 'Level', 'Minutes'], rows));
}

/** `<Paths module="day-1" />`: the pages of each level with their sum. */
export function renderPaths(course: Course, module: string): string {
  const pages = partsOf(course, module).flatMap((part) => part.pages);
  return toHtml(h('dl', { className: ['paths'] }, LEVELS.flatMap((level) => {
    const own = pages.filter((page) => page.level === level);
    if (own.length === 0) return [];
    return [h('dt', `${level.charAt(0).toUpperCase()}${level.slice(1)}, ${sumMinutes(own)} minutes`), h('dd', own.flatMap((page, index) => (index === 0 ? [link(page)] : [' · ', link(page)])))];
  })));
}

/** `<Schedule module="day-1" start="09:00" />`: one day with breaks, from the minutes of the pages. */
export function renderSchedule(course: Course, module: string, start: string): string {
  const [hours = 9, minutes = 0] = start.split(':').map(Number);
  const pages = partsOf(course, module).flatMap((part) => part.pages).filter((page) => page.minutes > 0);
  const rows = planDay(pages, hours * 60 + minutes).map(({ fromMin, toMin, what, page }) => [`${clock(fromMin)} to ${clock(toMin)}`, page === undefined ? what : link(page)]);
  return toHtml(table(['When', 'What'], rows));
}
