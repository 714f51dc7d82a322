import type { Labels } from '../../harness/model/dataset.ts';
import type { ConfigurationOutput } from '../../harness/model/transcript.ts';
import { scroller } from './fold.ts';
import { h, type Element } from './hast.ts';
import { caption } from './text.ts';

type Job = ConfigurationOutput['jobs'][number];

function headRow(names: readonly string[]): Element {
  return h('thead', [h('tr', [...names.map((name) => h('th', { scope: 'col' }, name)), h('th', { scope: 'col', className: ['number'] }, 'every')])]);
}

function row(first: string, cells: readonly string[], every: string): Element {
  return h('tr', [h('th', { scope: 'row' }, first), ...cells.map((cell) => h('td', cell)), h('td', { className: ['number'] }, every)]);
}

/** Labels that a reader did not expect: `job` stands beside them, `instance` is the address unless somebody changed it. */
function addedLabels(url: string, labels: Labels): string {
  const added = Object.entries(labels).filter(([name, value]) => name !== 'job' && !(name === 'instance' && new URL(url).host === value));
  return added.map(([name, value]) => `${name}="${value}"`).join(', ') || '–';
}

function targetRows({ job, interval, targets, dropped }: Job): Element[] {
  if (targets.length + dropped === 0) return [row(job, ['no target', '–'], interval)];
  const fetched = targets.map(({ url, labels }) => row(job, [url, addedLabels(url, labels)], interval));
  return dropped === 0 ? fetched : [...fetched, row(job, [`${dropped} dropped by relabelling`, '–'], interval)];
}

function targetsTable(jobs: readonly Job[]): Element {
  return scroller('Targets', [h('table', [headRow(['job', 'fetches', 'adds']), h('tbody', jobs.flatMap(targetRows))])]);
}

function rulesTable(groups: ConfigurationOutput['ruleGroups']): Element {
  const rows = groups.flatMap(({ file, interval, rules }) => rules.map(({ name }) => row(name, [file], interval)));
  return scroller('Rules', [h('table', [headRow(['rule', 'from']), h('tbody', rows)])]);
}

/** What a started Prometheus says of itself: what it fetches, evaluates, and where it sends alerts. */
export function viewConfiguration({ jobs, ruleGroups, alertmanagers }: ConfigurationOutput): Element[] {
  return [
    ...(jobs.length === 0 ? [] : [targetsTable(jobs)]),
    ...(ruleGroups.length === 0 ? [] : [caption('Rules that it evaluates'), rulesTable(ruleGroups)]),
    ...(alertmanagers.length === 0 ? [] : [h('p', { className: ['proof'] }, ['Sends alerts to ', h('b', alertmanagers.join(', ')), '.'])]),
    ...(jobs.length + ruleGroups.length + alertmanagers.length === 0 ? [h('p', { className: ['proof'] }, 'It started, and has nothing to fetch or to evaluate.')] : []),
  ];
}
