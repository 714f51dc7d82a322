import { planDay, type Slot } from '../plugins/schedule.ts';
import type { LearningEdition, LearningModule, LearningPage } from './model.ts';

const HOUR = 60;

/** A way to teach a module: hours that a room is booked for, breaks included, in minutes since midnight. */
export interface Format {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly sessions: readonly { readonly title: string; readonly fromMin: number; readonly untilMin: number }[];
  /** Only pages of this level; without it, all. */
  readonly level?: string;
}

const evening = (number: number) => ({ title: `Evening ${number}`, fromMin: 18 * HOUR, untilMin: 21.25 * HOUR });

/** The same for every module and edition. A session that is planned beyond its hours is what `npm run schedule -- --check` complains of. */
export const FORMATS: readonly Format[] = [
  { id: 'half-day', title: 'Half a day', about: 'The pages for beginners, in the order of the course.', level: 'beginner', sessions: [{ title: 'Morning', fromMin: 9 * HOUR, untilMin: 13 * HOUR }] },
  { id: 'day', title: 'A day', about: 'Every page, in the order of the course.', sessions: [{ title: 'Day', fromMin: 9 * HOUR, untilMin: 18 * HOUR }] },
  { id: 'evenings', title: 'Three evenings', about: 'Every page. An evening begins with a part of the course, unless that would make one too long.', sessions: [evening(1), evening(2), evening(3)] },
];

/** One session with what happens in it. Minutes since midnight. */
export interface PlannedSession {
  readonly title: string;
  readonly slots: readonly Slot<LearningPage>[];
  readonly fromMin: number;
  /** When the last page ends. */
  readonly endMin: number;
  /** Until when the room is booked. */
  readonly untilMin: number;
}
export interface PlannedFormat {
  readonly format: Format;
  readonly sessions: readonly PlannedSession[];
}

const minutesOf = (groups: readonly (readonly LearningPage[])[]): number => groups.flat().reduce((sum, { minutes }) => sum + minutes, 0);

/**
 * Splits groups, in their order, so that the longest share is as short as it can be.
 * @param groups what must stay together; never split
 * @returns exactly `count` shares, some of them empty where there are fewer groups
 */
function share(groups: readonly (readonly LearningPage[])[], count: number): readonly (readonly LearningPage[])[] {
  if (count === 1) return [groups.flat()];
  const candidates = groups.map((_, index) => [groups.slice(0, index + 1).flat(), ...share(groups.slice(index + 1), count - 1)]);
  const longest = (shares: readonly (readonly LearningPage[])[]): number => Math.max(...shares.map((pages) => minutesOf([pages])));
  return candidates.length === 0 ? Array.from({ length: count }, () => []) : candidates.reduce((best, next) => (longest(next) < longest(best) ? next : best));
}

function byPart(pages: readonly LearningPage[]): readonly (readonly LearningPage[])[] {
  return [...Map.groupBy(pages, ({ part }) => part).values()];
}

function planSessions(format: Format, shares: readonly (readonly LearningPage[])[]): readonly PlannedSession[] {
  return format.sessions.map(({ title, fromMin, untilMin }, index) => {
    const slots = planDay(shares[index] ?? [], fromMin);
    return { title, slots, fromMin, endMin: slots.at(-1)?.toMin ?? fromMin, untilMin };
    // A small module does not fill three evenings.
  }).filter(({ slots }) => slots.length > 0);
}

export function isTooLong({ endMin, untilMin }: PlannedSession): boolean {
  return endMin > untilMin;
}

/** Every way to teach a module; those for a level that it has no page of are left out. */
export function planFormats({ pages }: LearningModule): readonly PlannedFormat[] {
  return FORMATS.flatMap((format) => {
    const taught = pages.filter(({ minutes, level }) => minutes > 0 && (format.level === undefined || level === format.level));
    if (taught.length === 0) return [];
    const count = format.sessions.length;
    const wholeParts = planSessions(format, share(byPart(taught), count));
    // Parts are split only where they would not fit.
    return [{ format, sessions: wholeParts.some(isTooLong) ? planSessions(format, share(taught.map((page) => [page]), count)) : wholeParts }];
  });
}

/** `09:05` */
export function clock(min: number): string {
  return `${String(Math.floor(min / HOUR)).padStart(2, '0')}:${String(min % HOUR).padStart(2, '0')}`;
}

/** `2 h 05 min` */
export function duration(min: number): string {
  return min < HOUR ? `${min} min` : `${Math.floor(min / HOUR)} h ${String(min % HOUR).padStart(2, '0')} min`;
}

/** A session by its names, with what it takes. */
export interface SessionLength {
  readonly edition: string;
  readonly module: string;
  readonly session: string;
  readonly minutes: number;
  readonly allowed: number;
}

/** All sessions of all editions, in their order. */
export function measureSessions(editions: readonly LearningEdition[]): readonly SessionLength[] {
  return editions.flatMap((edition) => edition.modules.flatMap((module) => planFormats(module).flatMap(({ format, sessions }) => sessions.map(({ title, fromMin, endMin, untilMin }) => ({
    edition: edition.id, module: module.title, session: sessions.length === 1 ? format.title : `${format.title}, ${title.toLowerCase()}`, minutes: endMin - fromMin, allowed: untilMin - fromMin,
  })))));
}
