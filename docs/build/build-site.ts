import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { drawDiagrams } from '../diagrams/draw.ts';
import { judgeAddresses, recordAddresses } from './addresses.ts';
import { findDeadLinks } from './links.ts';
import { weighPages } from './weigh.ts';

export interface BuildOptions {
  /** Folder with `astro.config.mjs`. */
  readonly root: string;
  readonly say: (line: string) => void;
  /** Addresses of files that are made of the built site, such as PDFs: pages may link to them already. */
  readonly coming?: readonly string[];
}
interface Outcome {
  readonly exitCode: number;
  readonly log: string;
}

/** What Astro reports and builds on: for a course whose samples are proven, each of these is a failure. */
const fatalTexts: readonly (readonly [RegExp, string])[] = [
  [/The language "([^"]*)" could not be found\. Using/, 'A fence has a language that is not highlighted. Use a known one, or add a grammar under docs/grammars/.'],
  [/Error while highlighting|could not be found\. Using/, 'A fence has a language that is not highlighted. Use a known one, or add a grammar under docs/grammars/.'],
  [/Error rendering/, 'A page could not be rendered.'],
];

function findMarkdown(root: string): string[] {
  const folder = join(root, 'docs/content');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md')).map((name) => `docs/content/${name}`).sort();
}

function astroProgram(): string {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('astro/package.json');
  const { bin } = require(manifest) as { bin: string | Record<string, string> };
  return join(dirname(manifest), typeof bin === 'string' ? bin : (bin['astro'] ?? 'bin/astro.mjs'));
}

/** Only what programs need to run: variables such as DEV or MODE would change what is built. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TERM', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'USERPROFILE', 'APPDATA', 'CHROMIUM_PATH', 'COURSE_ROOT', 'COURSE_PREVIEW'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

async function runAstro({ root, coming = [] }: BuildOptions): Promise<Outcome> {
  const { COURSE_PREVIEW: _, ...programs } = inherited();
  const env = { ...programs, NODE_ENV: 'production', ASTRO_TELEMETRY_DISABLED: '1', NO_COLOR: '1', FORCE_COLOR: '0', ...(coming.length > 0 && { COURSE_PRINT: '1' }) };
  const child = spawn(process.execPath, [astroProgram(), 'build', '--root', root], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const parts: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => parts.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => parts.push(text));
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  return { exitCode, log: parts.join('') };
}

function judgeLog(log: string): string[] {
  const found = log.split('\n').flatMap((line) => {
    const match = fatalTexts.find(([pattern]) => pattern.test(line));
    return match ? [`${line.trim()}\n  ${match[1]}`] : [];
  });
  return [...new Set(found)];
}

/** Draws what is new. False when a diagram or a page stands in the way, which has been said. */
async function prepare({ root, say }: BuildOptions): Promise<boolean> {
  const markdown = findMarkdown(root);
  if (markdown.length > 0) {
    // A render error in .md is only logged by Astro, and an empty page published (withastro/astro#18054).
    say(`Lessons are .mdx only; found ${markdown.join(', ')}. Rename them.`);
    return false;
  }
  try {
    const { drawn, diagrams } = await drawDiagrams(root);
    if (drawn > 0) say(`Drew ${drawn} of ${diagrams.size} diagrams.`);
    return true;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return false;
  }
}

/** Serves the site while it is written, until it is ended. Returns the exit code of Astro's server. */
export async function serveSite(options: BuildOptions & { readonly args: readonly string[] }): Promise<number> {
  if (!await prepare(options)) return 1;
  // Astro goes into the background where it thinks that a program called it; this is for people.
  // Nor does it ask the network for a newer Astro: the version is pinned, and what it remembers of that is one of the settings whose change makes the server start anew.
  const env = { ...inherited(), ASTRO_TELEMETRY_DISABLED: '1', ASTRO_DEV_BACKGROUND: '0', ASTRO_DISABLE_UPDATE_CHECK: 'true' };
  const child = spawn(process.execPath, [astroProgram(), 'dev', '--root', options.root, ...options.args], { cwd: options.root, env, stdio: 'inherit' });
  // A terminal's Ctrl-C reaches it too; a signal to this process alone does not.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => child.kill(name));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 130));
  });
}

/**
 * Builds the site into `dist`. Returns the exit code: 0 built, 1 an author's mistake, 2 ours.
 * No container is started and no block is run: stored answers are read, and missing or stale ones fail.
 */
export async function buildSite(options: BuildOptions): Promise<number> {
  const { root, say, coming } = options;
  if (!await prepare(options)) return 1;
  const { exitCode, log } = await runAstro(options);
  const logFile = join(root, '.cache/site-build.txt');
  mkdirSync(dirname(logFile), { recursive: true });
  writeFileSync(logFile, log);
  if (exitCode !== 0) {
    say(log.trim().split('\n').slice(-30).join('\n'));
    return 1;
  }
  const dist = join(root, 'dist');
  const addresses = judgeAddresses(root, dist);
  const problems = [...judgeLog(log), ...weighPages(dist), ...findDeadLinks(dist, coming), ...addresses.problems];
  for (const problem of problems) say(problem);
  if (problems.length > 0) return 1;
  recordAddresses(root, addresses);
  if (addresses.added.length > 0) say(`Wrote ${addresses.added.length} new addresses into docs/addresses.txt, which belongs into the commit: ${addresses.added.slice(0, 5).join(' ')}${addresses.added.length > 5 ? ' …' : ''}`);
  say(log.split('\n').findLast((line) => line.includes('page(s) built'))?.trim() ?? 'Site built.');
  return 0;
}
