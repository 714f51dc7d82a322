import type { Delivery, TrialOutput } from '../../harness/model/transcript.ts';
import { scroller } from './fold.ts';
import { h, type Element } from './hast.ts';
import { caption, viewText } from './text.ts';

function settingsTable(settings: TrialOutput['settings']): Element {
  const rows = settings.map(({ name, value }) => h('tr', [h('th', { scope: 'row' }, [h('code', name)]), h('td', value)]));
  return scroller('Settings', [h('table', [h('thead', [h('tr', [h('th', { scope: 'col' }, 'key'), h('th', { scope: 'col' }, 'in force')])]), h('tbody', rows)])]);
}

function viewDelivery({ given, at, to, found }: Delivery): Element[] {
  const came = h('p', { className: ['proof'] }, [h('b', given), `; ${to === undefined ? at : `by ${at} to ${to}`}: ${found.length === 0 ? 'nothing came.' : ''}`]);
  return found.length === 0 ? [came] : [came, ...viewText(`Found: ${at}`, found.join('\n'))];
}

/** What a server runs with, what it was given, and what came out where. */
export function viewTrial({ settings, deliveries }: TrialOutput): Element[] {
  return [
    ...(settings.length === 0 ? [] : [settingsTable(settings)]),
    ...(deliveries.length === 0 ? [] : [caption('What it was given, and what came out')]),
    ...deliveries.flatMap(viewDelivery),
  ];
}
