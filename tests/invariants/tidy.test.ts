import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Project, SyntaxKind } from 'ts-morph';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const sources = tracked.filter((file) => /\.(ts|mjs|astro)$/.test(file) && !file.includes('/fixtures/'));

/** Functions longer than this are a red zone: split them, or put the file's name here and shrink the list later. */
const MAX_FUNCTION_LINES = 60;
const MAX_FILE_LINES = 300;

test('no file is a tour', () => {
  const long = sources.filter((file) => read(file).split('\n').length > MAX_FILE_LINES);
  expect(long).toEqual([]);
});

test('no function of the harness is longer than a screen', () => {
  const project = new Project({ useInMemoryFileSystem: true });
  const long = sources.filter((file) => file.startsWith('harness/') && file.endsWith('.ts')).flatMap((file) => {
    const source = project.createSourceFile(`/${file}`, read(file));
    return [SyntaxKind.FunctionDeclaration, SyntaxKind.ArrowFunction, SyntaxKind.MethodDeclaration]
      .flatMap((kind) => source.getDescendantsOfKind(kind))
      .filter((node) => node.getEndLineNumber() - node.getStartLineNumber() + 1 > MAX_FUNCTION_LINES)
      .map((node) => `${file}:${node.getStartLineNumber()}`);
  });
  expect(long).toEqual([]);
});

test('no default export, no any, no suppressed error, no test left out', () => {
  const banned = [/^export default (?!defineConfig)/m, /\bas any\b|: any\b/, /@ts-(?:ignore|expect-error|nocheck)/, /\b(?:test|it|describe)\.(?:skip|only|todo)\(/];
  const found = sources
    .filter((file) => file !== 'tests/invariants/tidy.test.ts' && file.startsWith('harness/') || file.startsWith('tests/') && file !== 'tests/invariants/tidy.test.ts')
    .flatMap((file) => banned.filter((pattern) => pattern.test(read(file))).map((pattern) => `${file} has ${pattern.source}`));
  expect(found).toEqual([]);
});

test('every dependency is pinned to an exact version', () => {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  expect(Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^(npm:[a-z@/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test('no lesson is Markdown without MDX: an error in one would publish an empty page', () => {
  expect(tracked.filter((file) => file.startsWith('docs/content/') && file.endsWith('.md'))).toEqual([]);
});

test('nothing names a machine or a registry mirror', () => {
  const text = tracked.filter((file) => !/\.(woff2|png|sum)$/.test(file) && file !== 'tests/invariants/tidy.test.ts');
  const found = text.filter((file) => /\/root\/|\/work\/main|\/tmp\/gobin|"resolved":/.test(read(file)));
  expect(found).toEqual([]);
});
