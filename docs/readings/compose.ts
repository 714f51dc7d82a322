import type { ComposeOutput } from '../../harness/model/transcript.ts';
import { scroller } from './fold.ts';
import { h, type Element } from './hast.ts';
import { caption } from './text.ts';

type Service = ComposeOutput['services'][number];

function table(label: string, heads: readonly string[], rows: readonly (readonly string[])[]): Element {
  const body = rows.map(([first = '', ...cells]) => h('tr', [h('th', { scope: 'row' }, first), ...cells.map((cell) => h('td', cell))]));
  return scroller(label, [h('table', [h('thead', [h('tr', heads.map((head) => h('th', { scope: 'col' }, head)))]), h('tbody', body)])]);
}

/** `127.0.0.1:9090 → 9090`, and whether somebody answered there. */
function describePort({ published, target, answered }: Service['ports'][number]): string {
  return `${published === undefined ? '' : `${published} → `}${target}${answered === undefined ? ' (not asked)' : ' answers'}`;
}

/** What the services of a Compose file did once they were started, and what its Prometheus fetches. */
export function viewCompose({ services, targets }: ComposeOutput): Element[] {
  const rows = services.map(({ name, image, state, said, ports }) => [name, image, state, said ?? '–', ports.map(describePort).join(', ') || '–']);
  return [
    table('Services', ['service', 'image', 'state', 'asked', 'ports'], rows),
    ...(targets.length === 0 ? [] : [caption('What Prometheus fetches'), table('Targets', ['job', 'fetches', 'is'], targets.map(({ job, url, health }) => [job, url, health === 'up' ? 'up' : 'outside of this file: not there']))]),
  ];
}
