import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../backends/engine-cache.ts';
import { presentTool } from '../backends/engine-tools.ts';
import { measure } from './child.ts';

/** Programs that are compared with ours; undefined: could not be had on this machine. */
export interface Peers {
  readonly deno: string | undefined;
  /** Folder of packages that holds twoslash and the compiler that it needs. */
  readonly twoslash: string | undefined;
  readonly promtool: string | undefined;
  /** As they are named in the tables, with versions. */
  readonly versions: string;
}
const DENO = '2.9.6';
const TWOSLASH = '0.3.9';
/** The newest that twoslash runs on. */
const TYPESCRIPT = '6.0.3';

/** Brings the peers into the cache, once: what only measures is no part of the course. @param say hears what is missing, and why */
export async function bringPeers(root: string, say: (line: string) => void, signal: AbortSignal): Promise<Peers> {
  const install = (folder: string, packages: readonly string[]): Promise<string | undefined> => npmInstall(cacheFolder('bench', folder), packages, say, signal);
  const deno = await install(`deno-${DENO}`, [`deno@${DENO}`]);
  const twoslash = await install(`twoslash-${TWOSLASH}`, [`twoslash@${TWOSLASH}`, `typescript@${TYPESCRIPT}`]);
  const promtool = await presentTool(root, 'prometheus', 'promtool');
  if (promtool === undefined) say('promtool is not there: `npm run verify`, once, takes it out of its image');
  const version = promtool === undefined ? '' : /version (\S+)/.exec((await measure(promtool, ['--version'], { signal })).stdout)?.[1] ?? '';
  return {
    deno: deno && join(deno, '.bin/deno'), twoslash, promtool,
    versions: [...(deno ? [`Deno ${DENO}`] : []), ...(twoslash ? [`twoslash ${TWOSLASH} on TypeScript ${TYPESCRIPT}`] : []), ...(promtool ? [`promtool ${version}`] : [])].join(', '),
  };
}

/** @returns its node_modules; undefined where no registry answers */
async function npmInstall(folder: string, packages: readonly string[], say: (line: string) => void, signal: AbortSignal): Promise<string | undefined> {
  const modules = join(folder, 'node_modules');
  const done = join(folder, 'done');
  if (existsSync(done)) return modules;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  say(`installing ${packages.join(' and ')} into the cache`);
  try {
    await measure('npm', ['install', '--no-audit', '--no-fund', '--save-exact', '--ignore-scripts', ...packages], { cwd: folder, signal });
    writeFileSync(done, '');
    return modules;
  } catch (error) {
    signal.throwIfAborted();
    say(`${packages[0] ?? ''} cannot be compared: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
