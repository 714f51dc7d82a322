import type { Output } from '../model/transcript.ts';
import type { Mutant } from './mutant.ts';

/** What of a survivor's page could have caught it. */
export interface Situation {
  /** The block, or one that shows the same file, is executed. */
  readonly runs: boolean;
  /** What it answers as it stands; undefined where nothing is executed. */
  readonly answers: Output['kind'] | undefined;
  readonly empty: boolean;
  readonly differs: boolean;
}

/** Which check would catch a mutant that none catches: one sentence. */
export function advise({ kind, fault }: Pick<Mutant, 'kind' | 'fault'>, { runs, answers, empty, differs }: Situation): string {
  if (!runs) return kind === 'diff' ? 'what the diff adds is right in its language: `into=` with the block or file that it leads to' : `it is checked and not run: run it, or a check of every ${fault} across the blocks of the page`;
  if (empty) return 'nothing is answered either way: `control=` with a dataset or a time at which the query finds something, and `expect` with both bounds of what it finds there';
  if (differs && answers !== undefined) return BOUND[answers];
  if (kind === 'rules') return 'a dataset or a variant in `fires=`, `quiet=` or `control=` on which the two rules do something else';
  return `the answer is the same: ask where the two differ (another \`at\`, dataset or variant), or list it in equivalent.yml with the reason`;
}

/** How `expect=` would say it, by what is answered. */
const BOUND: Readonly<Record<Output['kind'], string>> = {
  vector: '`expect` with both bounds of the value, `count`, and the labels that the text names',
  matrix: '`expect` with `all` and `any` on both sides of the values, `count`, and the labels that the text names',
  logs: '`expect` with an exact `count`, and `contains` of what the text quotes',
  traces: '`expect` with an exact `count`, and the attributes and operations that the text names',
  process: '`expect` with `contains` of the figures that the text quotes',
  service: '`expect` with `contains` of the series, lines and spans that the text names, or a query that continues the service',
  rules: '`after` for each alert, and a near miss in `quiet`; what the alert says, in `expect`',
  routing: '`expect` with a number for every receiver, and `routes` for every severity',
  configuration: '`expect` with `count`, the labels of targets, `alert=` and `record=`',
  dashboard: '`expect` with `count` of panels, both bounds of what they show, and `panel=` with the labels that the text names',
  trial: '`expect` with `count`, the settings that the text names, and `contains` of what comes out',
  compose: '`expect` with `count` of services, the state of each that the text names (`loki=ready`), `port=` and `job=`',
  rejection: '`rejects` with more of the words of the refusal',
};
