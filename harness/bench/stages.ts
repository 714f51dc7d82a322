import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../backends/engine-cache.ts';
import { measure } from './child.ts';
import type { Stages } from './stages-observer.ts';
import { mdTable } from './tables.ts';

/** What the pipeline's own names mean in the table. Those with a dot are part of the line above. */
const WORDS: readonly (readonly [name: string, words: string])[] = [
  ['readCourse', 'parse: pages and their prose into blocks'],
  ['planBlocks', 'plan'], ['requireDataset', '· reading incident files'],
  ['checkBlocks', 'check: all checkers side by side'],
  ['checkProse', 'check prose'], ['runBlocks', 'run: backends side by side'], ['recordAnswers', 'record'],
  ['simulate', 'simulating datasets, within check and run'],
];

/**
 * Runs one command of ours once and asks it where its time went.
 * @param root the course that it judges
 * @returns Markdown
 */
export async function tableStages(title: string, root: string, args: readonly string[], signal: AbortSignal): Promise<{ readonly table: string; readonly wallS: number; readonly peakMb: number | undefined }> {
  const file = join(cacheFolder('bench'), `stages-${process.pid}.json`);
  const observer = join(import.meta.dirname, 'stages-observer.ts');
  const env = { COURSE_ROOT: root, INIT_CWD: root, STAGES_TO: file, NODE_COMPILE_CACHE: cacheFolder('compiled') };
  const { wallS, peakMb } = await measure(process.execPath, ['--import', observer, 'harness/main.ts', ...args], { cwd: root, env, signal, codes: [0, 1] });
  return { table: describe(title, JSON.parse(readFileSync(file, 'utf8')) as Stages), wallS, peakMb };
}

function describe(title: string, { parts, wallMs, cpuMs }: Stages): string {
  const row = (words: string, ms: number, calls = 1): string => `| ${words} | ${(ms / 1000).toFixed(2)} s | ${calls === 1 ? '' : calls} |`;
  const staged = ['readCourse', 'planBlocks', 'checkBlocks', 'checkProse', 'runBlocks', 'recordAnswers'].reduce((sum, name) => sum + (parts[name]?.ms ?? 0), 0);
  const within = (prefix: string): string[] => Object.entries(parts).filter(([name]) => name.startsWith(`${prefix} `)).sort(([, one], [, other]) => other.ms - one.ms).map(([name, { ms, calls }]) => row(`· ${name}`, ms, calls));
  const rows = WORDS.flatMap(([name, words]) => {
    const part = parts[name];
    const below = name === 'checkBlocks' ? within('check') : name === 'runBlocks' ? [...within('start'), ...within('run')] : [];
    return part === undefined || part.ms < 5 ? [] : [row(words, part.ms, part.calls), ...below];
  });
  return mdTable(`| ${title} | time | calls |`, [...rows, row('start-up, report, everything else', wallMs - staged), row('**together**', wallMs), row('processor of the main process', cpuMs)]);
}
