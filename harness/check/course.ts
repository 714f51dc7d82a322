import type { Block, Page } from '../model/block.ts';
import type { CourseCheck, CourseContext, CourseFinding, Spot } from '../model/course-check.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place, TextRange } from '../model/place.ts';
import { HarnessError } from '../model/verdict.ts';
import type { CheckOutcome } from './check.ts';

export interface CourseCheckInput {
  readonly checks: readonly CourseCheck[];
  /** Every page of the course, and those of them that are judged in this run, here or in another shard. */
  readonly course: readonly Page[];
  readonly judged: readonly Page[];
  /** The files of the stack, as blocks. */
  readonly stack: readonly Block[];
  readonly context: Omit<CourseContext, 'pages' | 'blocks' | 'stack'>;
  /** That of `harness/parse`: stages do not import each other. */
  readonly placeRange: (block: Block, range: TextRange) => Place;
}
/** What disagrees in the course, by the id of the block that it is told at. */
export interface Disagreements {
  readonly diagnostics: ReadonlyMap<string, readonly Diagnostic[]>;
  readonly errors: readonly HarnessError[];
}

/**
 * Holds the blocks of a course against each other. A disagreement is told where it shows; when only the page of the other
 * side is judged, there: whoever renames an alert hears of those that still say the old name. A check that crashes hides
 * nothing that others found.
 */
export function checkCourse({ checks, course, judged, stack, context, placeRange }: CourseCheckInput): Disagreements {
  const diagnostics = new Map<string, Diagnostic[]>();
  const errors: HarnessError[] = [];
  const ids = new Set(judged.map(({ id }) => id));
  const blocks = course.flatMap((page) => page.blocks).filter(isMeant);
  for (const check of checks) {
    try {
      for (const finding of check.check({ ...context, pages: course, blocks, stack })) {
        const told = tell(finding, check, ids, placeRange);
        if (told !== undefined) diagnostics.set(told.block, [...diagnostics.get(told.block) ?? [], told.diagnostic]);
      }
    } catch (cause) {
      errors.push(cause instanceof HarnessError ? cause : new HarnessError('checker-crashed', `the course check of ${Object.keys(check.rules).join(', ')} crashed`, { cause }));
    }
  }
  return { diagnostics, errors };
}

/** What checkers found of each block, with what it disagrees with. */
export function withDisagreements(checked: ReadonlyMap<string, CheckOutcome>, { diagnostics }: Disagreements): ReadonlyMap<string, CheckOutcome> {
  return new Map([...checked].map(([id, outcome]) => [id, { ...outcome, diagnostics: [...outcome.diagnostics, ...diagnostics.get(id) ?? []] }]));
}

/** Text that is wrong on purpose agrees with nothing. */
function isMeant({ attributes }: Block): boolean {
  return !attributes.has('rejects') && !attributes.has('ignore');
}

/** Throws HarnessError `checker-crashed` for a rule that its check does not declare. */
function tell({ rule, at, message, related }: CourseFinding, { rules }: CourseCheck, judged: ReadonlySet<string>, placeRange: CourseCheckInput['placeRange']): { readonly block: string; readonly diagnostic: Diagnostic } | undefined {
  const declared = Object.hasOwn(rules, rule) ? rules[rule] : undefined;
  if (declared === undefined) throw new HarnessError('checker-crashed', `a course check reported the rule \`${rule}\`, which it does not declare. Add it to the rules in its file.`);
  const placeOf = (spot: Spot | Place): Place => ('block' in spot ? placeRange(spot.block, spot.range) : spot);
  const shown = ({ block, range }: Spot): Diagnostic['related'] => (placeRange(block, range).file === block.fence.file ? [] : [{ message: 'shown on the page here', place: block.fence }]);
  const others = related.map((other) => ({ message: other.message, place: placeOf(other.at) }));
  const diagnose = (spot: Spot, notes: Diagnostic['related']): { block: string; diagnostic: Diagnostic } =>
    ({ block: spot.block.id, diagnostic: { ruleId: `course/${rule}`, level: declared.level, message, place: placeOf(spot), related: notes } });
  if (judged.has(at.block.page)) return diagnose(at, [...others, ...shown(at)]);
  const side = related.map((other) => other.at).find((spot): spot is Spot => 'block' in spot && judged.has(spot.block.page));
  return side && diagnose(side, [{ message: 'the place that does not agree with this one', place: placeOf(at) }, ...shown(side)]);
}
