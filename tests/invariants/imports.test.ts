import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const list = (folder: string, ends: readonly string[]): string[] => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  .map((name) => `${folder}/${name}`)
  .filter((file) => ends.some((end) => file.endsWith(end)) && !file.includes('node_modules') && statSync(join(root, file)).isFile());

/** Local imports of a file, repository-relative; type-only ones count too. */
function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  return [...source.matchAll(/(?:from\s+|import\s*\(?\s*)['"](\.{1,2}\/[^'"]+)['"]/g)].map(([, path]) => relative(root, resolve(root, dirname(file), path as string)));
}
/** `harness/parse/key.ts` → `parse`; `harness/pipeline.ts` → `top`. */
function partOf(file: string): string {
  const [top, part, rest] = file.split('/');
  if (top !== 'harness') return top as string;
  return rest === undefined ? 'top' : (part as string);
}

const stages = ['parse', 'plan', 'check', 'run', 'record', 'report', 'simulate', 'picture'];
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  // The one language that two parts read: what a `*.rules.yml` says and claims.
  'rule-file': ['model'],
  // What a Compose file starts: read where it is checked, and where it is started.
  'compose-file': ['model'],
  // What a dashboard asks: read where it is checked, and where it is asked.
  dashboard: ['model', 'rule-file'],
  ...Object.fromEntries(stages.map((stage) => [stage, ['model']])),
  checkers: ['model', 'rule-file', 'dashboard', 'compose-file'],
  mutate: ['model', 'rule-file'],
  'page-checks': ['model'],
  'course-checks': ['model', 'rule-file'],
  // Backends start images; the runner in the sandbox image has its protocol beside it.
  backends: ['model', 'images', 'rule-file', 'dashboard', 'compose-file'],
  // Judges documents that are not ours with the checkers, and reports as verify does: a pipeline of its own.
  scan: ['model', 'checkers', 'rule-file', 'parse', 'report'],
  // Runs the harness as a command; what it shares is where the cache is, and how programs come into it.
  bench: ['backends', 'simulate'],
  soak: ['backends', 'bench'],
  images: ['model'],
  bootstrap: [],
  top: ['model', 'backends', 'checkers', 'page-checks', 'course-checks', 'rule-file', 'mutate', 'scan', 'bench', 'soak', ...stages],
};

const files = list('harness', ['.ts', '.mjs']);
const crossings = files.flatMap((file) => importsOf(file).map((target) => ({ file, from: partOf(file), to: partOf(target), target })));

test('there is something to look at', () => {
  expect(crossings.length).toBeGreaterThan(50);
  expect(importsOf('harness/pipeline.ts')).toContain('harness/run/run.ts');
});

test('model imports nothing but itself, stages only model, checkers and backends only model and their own', () => {
  const forbidden = crossings.filter(({ from, to }) => from !== to && !(allowed[from] ?? []).includes(to));
  expect(forbidden.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test('every part of the harness is under the rule', () => {
  expect([...new Set(files.map(partOf))].filter((part) => !Object.hasOwn(allowed, part))).toEqual([]);
});

test('the site imports only model and parse of the harness: it starts nothing and simulates nothing', () => {
  const site = [...list('docs', ['.ts', '.mjs', '.astro', '.mdx']), 'astro.config.mjs'];
  const reaching = site.flatMap((file) => importsOf(file).filter((target) => target.startsWith('harness/')).map((target) => ({ file, target, to: partOf(target) })));
  expect(reaching.filter(({ to }) => to !== 'model' && to !== 'parse').map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test('nothing imports docs or tests', () => {
  expect(crossings.filter(({ to }) => to === 'docs' || to === 'tests').map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});
