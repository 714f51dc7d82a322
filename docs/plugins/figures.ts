import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Transcript } from '../../harness/model/transcript.ts';
import { h } from '../readings/hast.ts';
import { toHtml } from '../readings/index.ts';
import { isEmpty } from '../readings/view.ts';

interface Editions {
  readonly current: string;
  readonly editions: Readonly<Record<string, { readonly title: string; readonly status: string; readonly stack: Readonly<Record<string, string>> }>>;
}

/** Version of each backend that the current edition is proven against, from `docs/editions.json`. */
function currentStack(root: string): Readonly<Record<string, string>> {
  const { current, editions } = JSON.parse(readFileSync(join(root, 'docs/editions.json'), 'utf8')) as Editions;
  return editions[current]?.stack ?? {};
}

function readTranscripts(root: string): Transcript[] {
  const folder = join(root, 'docs/transcripts');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json') && name !== 'lock.json');
  return files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Transcript);
}

/** The day's figures for the home page: how many blocks have a stored answer, of what kind, and from which versions. */
export function renderFigures(root: string): string {
  const transcripts = readTranscripts(root);
  const nothing = transcripts.filter(({ output }) => output.kind === 'rejection' || isEmpty(output)).length;
  const stack = Object.entries(currentStack(root)).map(([name, version]) => `${name.charAt(0).toUpperCase()}${name.slice(1)} ${version}`);
  const figures: readonly (readonly [string, string])[] = [
    [String(transcripts.length), 'blocks run, their real answers stored and compared'],
    [String(nothing), 'empty or refused on purpose: that was the finding'],
    [String(stack.length), `backends: ${stack.join(', ')}`],
  ];
  return toHtml(h('dl', { className: ['figures', 'not-content'] }, figures.flatMap(([value, label]) => [h('div', [h('dt', label), h('dd', value)])])));
}
