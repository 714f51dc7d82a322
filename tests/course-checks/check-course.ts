import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkCourse } from '../../harness/check/course.ts';
import { checkers } from '../../harness/checkers/index.ts';
import { courseChecks, readStack } from '../../harness/course-checks/index.ts';
import type { Page } from '../../harness/model/block.ts';
import type { CourseCheck } from '../../harness/model/course-check.ts';
import type { Dataset } from '../../harness/model/dataset.ts';
import type { Diagnostic } from '../../harness/model/diagnostic.ts';
import type { Place } from '../../harness/model/place.ts';
import { explainDeadLink } from '../../harness/page-checks/index.ts';
import { listPages } from '../../harness/pages.ts';
import { commonAttributes, datasetsOf, parsePage, placeRange, readGlossary, suggestWord } from '../../harness/parse/index.ts';
import { simulate } from '../../harness/simulate/index.ts';
import { repository } from '../support/course.ts';

export const fixtures = join(import.meta.dirname, 'fixtures');

/** Every page of a course, parsed as a run parses it, after an edit of each page's text. */
export function readCourse(root: string, edit: (source: string) => string = (source) => source): Page[] {
  const knownAttributes = [...commonAttributes, ...checkers.flatMap(({ attributes }) => attributes)];
  return listPages(root).map((file) => parsePage({ root, file, source: edit(readFileSync(join(root, file), 'utf8')), knownAttributes }));
}

const simulated = new Map<string, Dataset>();
/** Of the real course. */
function simulateOnce(name: string): Dataset {
  const dataset = simulated.get(name) ?? simulate(name, repository);
  simulated.set(name, dataset);
  return dataset;
}

/** What course checks say, in order of blocks. Throws what a check threw. @param judged ids of the pages that a run is asked for; default: all */
export function checkPages(root: string, course: readonly Page[], judged?: readonly string[], checks: readonly CourseCheck[] = courseChecks): Diagnostic[] {
  const page = { root, course, glossary: readGlossary(root), pagesElsewhere: () => new Map(), suggest: suggestWord };
  const context = {
    ...page, explainDeadLink: (url: string) => explainDeadLink(url, page), metricsOf: (name: string) => new Set(simulateOnce(name).series.map(({ labels }) => labels['__name__'] ?? '')),
    datasetOf: (block: Page['blocks'][number]) => datasetsOf(block, course.find(({ id }) => id === block.page) as Page)[0],
  };
  const { diagnostics, errors } = checkCourse({ checks, course, judged: course.filter(({ id }) => judged?.includes(id) ?? true), stack: readStack(root), context, placeRange });
  if (errors.length > 0) throw errors[0];
  return course.flatMap(({ blocks }) => blocks).flatMap(({ id }) => diagnostics.get(id) ?? []);
}

/** `docs/content/docs/asking.mdx:7 HighErorRatio`: a line, and what of it is meant. */
export function describe(root: string, { file, start, end }: Place): string {
  const line = readFileSync(join(root, file), 'utf8').split(/\r?\n/)[start.line - 1] ?? '';
  return `${file}:${start.line} ${start.line === end.line ? line.slice(start.column - 1, end.column - 1) : `${line.slice(start.column - 1)}…`}`;
}

/** The same of a text in a file: its first occurrence, which must exist. */
export function locate(root: string, file: string, text: string): string {
  const source = readFileSync(join(root, file), 'utf8');
  const at = source.indexOf(text);
  if (at < 0) throw new Error(`${file} has no “${text}”`);
  return `${file}:${source.slice(0, at).split('\n').length} ${text}`;
}
