import type { LearningEdition } from './model.ts';
import { duration, measureSessions, type SessionLength } from './sessions.ts';

const nameOf = ({ edition, module, session }: SessionLength): string => `${edition} ${module} ${session}`;

/** Sessions that take longer than their room is booked for; those that did before, and have not grown since, are not this change's fault. */
export function findTooLong(now: readonly LearningEdition[], base: readonly LearningEdition[] | undefined): readonly (SessionLength & { readonly before: number | undefined })[] {
  const known = new Map(base === undefined ? [] : measureSessions(base).map((session) => [nameOf(session), session.minutes]));
  return measureSessions(now).map((session) => ({ ...session, before: known.get(nameOf(session)) }))
    .filter(({ minutes, allowed, before }) => minutes > allowed && (before === undefined || minutes > before));
}

const lessonsOf = (editions: readonly LearningEdition[]) => editions.flatMap(({ modules }) => modules.flatMap(({ pages }) => pages)).filter(({ minutes }) => minutes > 0);

/** Text of ours goes into tables: a bar in a title must not end its cell, nor markup begin in it. */
const cell = (text: string): string => text.replace(/[\\|<>`*_[\]@]/g, (character) => `&#${character.charCodeAt(0)};`).replaceAll('\n', ' ');

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function changedPages(now: readonly LearningEdition[], base: readonly LearningEdition[]): readonly (readonly string[])[] {
  const before = new Map(lessonsOf(base).map(({ address, minutes }) => [address, minutes]));
  const rows = lessonsOf(now).filter(({ address, minutes }) => before.get(address) !== minutes).map(({ address, title, minutes }) => [cell(title), before.has(address) ? `${before.get(address) ?? 0} min` : 'new', `${minutes} min`]);
  const there = new Set(lessonsOf(now).map(({ address }) => address));
  return [...rows, ...lessonsOf(base).filter(({ address }) => !there.has(address)).map(({ title, minutes }) => [cell(title), `${minutes} min`, 'gone'])];
}

/**
 * A comment for a pull request, in GitHub's Markdown: which sessions became too long, and what changed. Undefined when none did.
 * @param base the course before the change; without it, every session that is too long is told
 */
export function renderComment(now: readonly LearningEdition[], base: readonly LearningEdition[] | undefined): string | undefined {
  const tooLong = findTooLong(now, base);
  if (tooLong.length === 0) return undefined;
  const rows = tooLong.map(({ edition, module, session, minutes, allowed, before }) => [cell(edition), cell(module), cell(session), duration(allowed), before === undefined ? '' : duration(before), `**${duration(minutes)}**`]);
  const changed = base === undefined ? [] : changedPages(now, base);
  return [
    `### ${tooLong.length === 1 ? 'A session does' : `${tooLong.length} sessions do`} not fit into the time that is booked`,
    table(['Edition', 'Module', 'Session', 'Booked', 'Before', 'Now'], rows),
    ...(changed.length === 0 ? [] : ['Pages whose minutes changed:', table(['Page', 'Before', 'Now'], changed)]),
    'Breaks are included. Shorten a page, or move one out of `docs/outline.yml`. To see every session: `npm run schedule`.',
  ].join('\n\n') + '\n';
}
