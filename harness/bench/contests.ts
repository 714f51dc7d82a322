import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../backends/engine-cache.ts';
import { measure, type Measured } from './child.ts';
import { writeCorpus, type Corpus } from './corpus.ts';
import type { Kind } from './corpus-blocks.ts';
import type { Peers } from './peers.ts';
import type { Contestant } from './rounds.ts';
import { measureEdits } from './watch-edit.ts';

export interface Setting {
  readonly repository: string;
  readonly peers: Peers;
  readonly signal: AbortSignal;
}
/** Rows that the table of budgets asks for. Those of ours are what others are divided by. */
export const OURS = { cold: 'ours, nothing cached', warm: 'ours, nothing changed', edited: 'ours, one block edited', watched: 'ours, one block edited, stack up', singly: 'ours, one process a block' } as const;
/** Of so many, since each costs the same: what they took is multiplied. */
const SINGLES = 8;

/** A generated course as our own command line sees it. As `npm run` starts it: with code compiled before. */
function harness(corpus: Corpus, { signal }: Setting): (...args: string[]) => Promise<Measured> {
  const env = { COURSE_ROOT: corpus.root, INIT_CWD: corpus.root, NODE_COMPILE_CACHE: cacheFolder('compiled') };
  return (...args) => measure(process.execPath, ['harness/main.ts', ...args], { cwd: corpus.root, env, signal });
}

/** `deno` with a cache of its own. @param kept whether it stays from run to run */
function denoOn(corpus: Corpus, program: string, kept: boolean, { signal }: Setting): { before?: () => void; run: (...args: string[]) => Promise<Measured> } {
  const folder = join(corpus.root, kept ? 'deno-kept' : 'deno-fresh');
  const run = (...args: string[]): Promise<Measured> => measure(program, [...args, ...corpus.markdown], { cwd: corpus.root, env: { DENO_DIR: folder, DENO_NO_UPDATE_CHECK: '1' }, signal });
  if (kept) return { run };
  return { run, before: () => { rmSync(folder, { recursive: true, force: true }); mkdirSync(folder); } };
}

/** Deno's three rows: with an empty cache, unchanged, and with one block edited (`edit` was called before). */
function denoRows(corpus: Corpus, setting: Setting, words: readonly string[]): { readonly fresh: Contestant[]; readonly kept: Contestant[]; readonly edited: Contestant[] } {
  const { deno } = setting.peers;
  if (deno === undefined) return { fresh: [], kept: [], edited: [] };
  const [fresh, kept] = [denoOn(corpus, deno, false, setting), denoOn(corpus, deno, true, setting)];
  const name = `deno ${words.join(' ')}`;
  return {
    fresh: [{ label: `${name}, nothing cached`, ...fresh, run: () => fresh.run(...words) }],
    kept: [{ label: `${name}, nothing changed`, run: () => kept.run(...words) }],
    edited: [{ label: `${name}, one block edited`, run: () => kept.run(...words) }],
  };
}

/** TypeScript that is type-checked and not run. */
export function contestTypes(corpus: Corpus, setting: Setting): Contestant[] {
  const [ours, deno] = [harness(corpus, setting), denoRows(corpus, setting, ['check', '--doc'])];
  const { twoslash } = setting.peers;
  const loop = join(setting.repository, 'harness/bench/twoslash-loop.ts');
  return [
    { label: OURS.cold, run: () => ours('check', '--no-cache') },
    ...deno.fresh,
    ...(twoslash === undefined ? [] : [{ label: 'twoslash, one instance for all', run: () => measure(process.execPath, [loop, twoslash, ...corpus.markdown], { signal: setting.signal }) }]),
    { label: OURS.warm, run: () => ours('check') },
    ...deno.kept,
    { label: OURS.edited, before: corpus.edit, run: () => ours('check') },
    ...deno.edited,
  ];
}

/** TypeScript that is type-checked and run: each block of ours in a process of its own, confined. */
export function contestRuns(corpus: Corpus, setting: Setting): Contestant[] {
  const [ours, deno] = [harness(corpus, setting), denoRows(corpus, setting, ['test', '--doc', '--parallel'])];
  return [
    { label: OURS.cold, run: () => ours('verify', '--no-cache', '--update') },
    ...deno.fresh,
    { label: OURS.warm, run: () => ours('verify') },
    ...deno.kept,
    { label: OURS.edited, before: corpus.edit, run: () => ours('verify', '--update') },
    ...deno.edited,
  ];
}

/** Rule files, checked by promtool. */
export function contestRules(corpus: Corpus, setting: Setting): Contestant[] {
  const ours = harness(corpus, setting);
  const { promtool } = setting.peers;
  const shell = (script: string): Promise<Measured> => measure('sh', ['-ec', script, promtool ?? '', ...corpus.ruleFiles], { signal: setting.signal });
  return [
    { label: OURS.cold, run: () => ours('check', '--no-cache') },
    ...(promtool === undefined ? [] : [
      { label: 'one promtool a file', run: () => shell('for file in "$@"; do "$0" check rules "$file"; done') },
      { label: 'one promtool for all files, nothing else', run: () => shell('"$0" check rules "$@"') },
    ]),
  ];
}

/** Lessons: queries, code, shell and rules against the real stack. */
export function contestLessons(corpus: Corpus, setting: Setting): Contestant[] {
  const ours = harness(corpus, setting);
  return [
    { label: OURS.cold, run: () => ours('verify', '--no-cache', '--update') },
    { label: OURS.warm, run: () => ours('verify') },
    { label: OURS.edited, before: corpus.edit, run: () => ours('verify', '--update') },
    { label: OURS.watched, run: () => measureEdits(corpus, setting.signal) },
  ];
}

/** Blocks each in a process of its own, times as many as are asked for. */
export function measureSingly(kind: Kind, size: number, setting: Setting): Contestant {
  return {
    label: OURS.singly,
    run: async () => {
      using corpus = writeCorpus(setting.repository, kind, SINGLES, 1);
      const ours = harness(corpus, setting);
      const runs: Measured[] = [];
      for (let page = 1; page <= SINGLES; page++) runs.push(await (kind === 'mixed' ? ours('verify', '--no-cache', '--update', `page-${page}`) : ours('check', '--no-cache', `page-${page}`)));
      return { wallS: (runs.reduce((sum, { wallS }) => sum + wallS, 0) / SINGLES) * size, peakMb: Math.max(...runs.map(({ peakMb = 0 }) => peakMb)) };
    },
  };
}
