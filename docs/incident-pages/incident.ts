import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Block, Expectation, Page } from '../../harness/model/block.ts';
import type { AlertRun } from '../../harness/model/transcript.ts';
import { UnprovenError, type Answer, type Course } from '../plugins/course.ts';
import { formatClock } from '../readings/clock.ts';

const FOLDER = 'snippets/incidents';

/** One expectation with what was really answered. */
export interface Proven {
  readonly block: Block;
  readonly expectation: Expectation;
  /** Undefined where only live services can prove it, and in a preview before the first run. */
  readonly answer: Answer | undefined;
}
/** A line of the timeline; `untilText` where it lasts. */
export interface Event {
  readonly kind: 'deploy' | 'fault' | 'alert';
  readonly at: string;
  readonly until: string | undefined;
  readonly text: string;
}
/** An incident file as its page shows it. */
export interface IncidentView {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly story: string;
  /** Milliseconds of the dataset's start. */
  readonly startMs: number;
  readonly duration: string;
  readonly events: readonly Event[];
  readonly picture: Answer | undefined;
  readonly expectations: readonly Proven[];
}

/** Incident files that state expectations, as pages, in order of their dates. A small course may have none. */
export function listIncidentPages(course: Course): Page[] {
  const folder = join(course.root, FOLDER);
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.yaml')) : [];
  return files.map((name) => course.page(`${FOLDER}/${name}`)).filter((page) => page.blocks.length > 0)
    .sort((a, b) => startOf(a) - startOf(b));
}

/**
 * Joins an incident file with its stored answers.
 * @throws UnprovenError when one is missing or stale; a preview goes without
 */
export function viewIncident(page: Page, course: Course): IncidentView {
  const answerOf = (block: Block): Answer | undefined => {
    if (block.expectation?.proven === 'live') return undefined;
    try {
      return course.answer(block, page);
    } catch (error) {
      if (course.isPreview && error instanceof UnprovenError) return undefined;
      throw error;
    }
  };
  const expectations = page.blocks.flatMap((block): Proven[] => (block.expectation === undefined ? [] : [{ block, expectation: block.expectation, answer: answerOf(block) }]));
  const picture = page.blocks.find(({ expectation }) => expectation === undefined);
  const fields = page.frontmatter;
  return {
    id: page.id, name: page.id.slice(page.id.indexOf('/') + 1), title: String(fields['title']), story: String(fields['story'] ?? '').trim(),
    startMs: startOf(page), duration: String(fields['duration']),
    events: [...readEvents(fields), ...expectations.flatMap(alertEvents)].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    picture: picture && answerOf(picture), expectations,
  };
}

function startOf({ frontmatter }: Page): number {
  return Date.parse(String(frontmatter['start'])) || 0;
}

type Fields = Readonly<Record<string, unknown>>;

function readEvents(fields: Fields): Event[] {
  const deploys = listOf(fields['deploys']).map((deploy): Event => ({
    kind: 'deploy', at: String(deploy['at']), until: undefined, text: `${String(deploy['target'])} ${String(deploy['version'])} is deployed`,
  }));
  return [...deploys, ...listOf(fields['faults']).map(describeFault)];
}

/** In the words of the file, whatever kind of fault it is: `latency at discount: value 2.5s, when role vip`. */
function describeFault({ at, until, kind, target, ...details }: Fields): Event {
  const words = Object.entries(details).map(([key, value]) => `${key.replaceAll('_', ' ')} ${inWords(value)}`);
  return {
    kind: 'fault', at: String(at), until: until === undefined ? undefined : String(until),
    text: `${String(kind).replaceAll('-', ' ')}${target === undefined ? '' : ` at ${String(target)}`}${words.length === 0 ? '' : `: ${words.join(', ')}`}`,
  };
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join(', ');
  return typeof value === 'object' && value !== null ? Object.entries(value).map(([key, inner]) => `${key} ${inWords(inner)}`).join(' ') : String(value);
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? (value as readonly Fields[]) : [];
}

function alertEvents({ answer }: Proven): Event[] {
  return firedRuns(answer).map((run) => ({
    kind: 'alert', at: formatClock(run.firingMs), until: run.resolvedMs === undefined ? undefined : formatClock(run.resolvedMs), text: `${run.alert} fires${run.labels['service'] === undefined ? '' : ` (${run.labels['service']})`}`,
  }));
}

/** Alerts that fired over the answer's own dataset. */
export function firedRuns(answer: Answer | undefined): (AlertRun & { readonly firingMs: number })[] {
  if (answer?.transcript.output.kind !== 'rules') return [];
  return answer.transcript.output.runs.flatMap((run) => (run.firingMs === undefined || run.dataset !== answer.transcript.dataset ? [] : [{ ...run, firingMs: run.firingMs }]));
}
