import type { ConfigurationOutput } from '../../harness/model/transcript.ts';
import { scroller } from './fold.ts';
import { h, type Element } from './hast.ts';
import { caption } from './text.ts';

type Job = ConfigurationOutput['jobs'][number];

function targetRows({ job, interval, timeout, targets, dropped }: Job): Element[] {
  const cells = (url: string, labels: string): Element => h('tr', [
    h('th', { scope: 'row' }, job), h('td', url), h('td', labels), ...[interval, timeout].map((duration) => h('td', { className: ['number'] }, duration)),
  ]);
  const gone = dropped === 0 ? [] : [cells(`${dropped} dropped by relabelling`, '–')];
  if (targets.length === 0) return dropped > 0 ? gone : [cells('no target', '–')];
  // `job` stands in the first column already.
  return [...targets.map(({ url, labels }) => cells(url, Object.entries(labels).filter(([name]) => name !== 'job').map(([name, value]) => `${name}="${value}"`).join(', '))), ...gone];
}

function targetsTable(jobs: readonly Job[]): Element {
  const head = [...['job', 'fetches', 'adds the labels'].map((name) => h('th', { scope: 'col' }, name)), ...['every', 'gives up after'].map((name) => h('th', { scope: 'col', className: ['number'] }, name))];
  return scroller('Targets', [h('table', [h('thead', [h('tr', head)]), h('tbody', jobs.flatMap(targetRows))])]);
}

function rulesTable(groups: ConfigurationOutput['ruleGroups']): Element {
  const rows = groups.map(({ file, name, interval, rules }) => h('tr', [
    h('th', { scope: 'row' }, file), h('td', name), h('td', rules.map((rule) => rule.name).join(', ')), h('td', { className: ['number'] }, interval),
  ]));
  const head = [...['file', 'group', 'rules'].map((name) => h('th', { scope: 'col' }, name)), h('th', { scope: 'col', className: ['number'] }, 'every')];
  return scroller('Rules', [h('table', [h('thead', [h('tr', head)]), h('tbody', rows)])]);
}

/** What a started Prometheus says of itself: what it fetches, evaluates, and where it sends alerts. */
export function viewConfiguration({ jobs, ruleGroups, alertmanagers }: ConfigurationOutput): Element[] {
  return [
    ...(jobs.length === 0 ? [] : [targetsTable(jobs)]),
    ...(ruleGroups.length === 0 ? [] : [caption('Rules that it loaded'), rulesTable(ruleGroups)]),
    ...(alertmanagers.length === 0 ? [] : [h('p', { className: ['proof'] }, ['Sends alerts to ', h('b', alertmanagers.join(', ')), '.'])]),
    ...(jobs.length + ruleGroups.length + alertmanagers.length === 0 ? [h('p', { className: ['proof'] }, 'It started, and has nothing to fetch or to evaluate.')] : []),
  ];
}
