import { OURS } from './contests.ts';
import { median, type Result } from './rounds.ts';
import { mdTable, ratio, seconds } from './tables.ts';

/** Results by the name of their contest. */
export type Contests = Readonly<Record<'types' | 'runs' | 'rules' | 'lessons', readonly Result[]>>;

/**
 * What the design allows, beside what was measured. Nothing fails here: seconds depend on the machine, ratios less so.
 * @param course the static check of the real course
 */
export function tableBudgets({ types, runs, rules, lessons }: Contests, course: { readonly wallS: number; readonly peakMb: number | undefined } | undefined): string {
  const find = (results: readonly Result[], label: string): Result | undefined => results.findLast((result) => result.label.startsWith(label));
  const at = (results: readonly Result[], label: string, size: number): Result | undefined => results.find((result) => result.label.startsWith(label) && result.size === size);
  const times = (what: string, budget: string, results: readonly Result[], peer: string, ours: string): string => {
    const one = find(results, peer);
    const other = one && at(results, ours, one.size);
    return `| ${what} | ${budget} | ${one === undefined || other === undefined ? 'not measured' : `${ratio(one, other)}× at ${one.size} blocks`} |`;
  };
  const took = (what: string, budget: string, result: Result | undefined, more = ''): string => `| ${what} | ${budget} | ${result === undefined ? 'not measured' : `${seconds(result.wallS)} at ${result.size} blocks${more}`} |`;
  const [fewest, most] = [lessons.find(({ label }) => label === OURS.cold), find(lessons, OURS.cold)];
  const growth = fewest === undefined || most === undefined || fewest === most ? 'not measured'
    : `${(most.size / fewest.size).toFixed(1)} times the blocks take ${(median(most.wallS) / median(fewest.wallS)).toFixed(1)} times as long`;
  return mdTable('| | budget | measured |', [
    `| static check of the whole course, nothing cached | 3 s, Python and diagrams apart | ${course === undefined ? 'not measured' : `${course.wallS.toFixed(1)} s, all included`} |`,
    took('lessons: verify, nothing cached', '60 s for 500 blocks', at(lessons, OURS.cold, 500) ?? most),
    `| · as they become more | linear | ${growth} |`,
    `| · memory of the harness | 600 MB | ${most?.peakMb === undefined ? 'not measured' : `${Math.round(most.peakMb)} MB at ${most.size} blocks`} |`,
    took('lessons: verify, nothing changed', '1 s', find(lessons, OURS.warm)),
    took('lessons: one block edited, stack up', '2 s', find(lessons, OURS.watched)),
    times('TypeScript check: `deno check --doc`', '3×, aim 5×', types, 'deno check --doc, nothing cached', OURS.cold),
    times('TypeScript check: twoslash', 'aim 4×', types, 'twoslash', OURS.cold),
    times('TypeScript check and run: `deno test --doc --parallel`', '2×, each block of ours in a process of its own', runs, 'deno test --doc --parallel, nothing cached', OURS.cold),
    times('rules: one promtool a file', '40×', rules, 'one promtool a file', OURS.cold),
    times('TypeScript: our own, one by one', '16×', types, OURS.singly, OURS.cold),
    times('rules: our own, one by one', '16×', rules, OURS.singly, OURS.cold),
  ]);
}
