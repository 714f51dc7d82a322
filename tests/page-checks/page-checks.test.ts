import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../harness/model/diagnostic.ts';
import { pageChecks } from '../../harness/page-checks/index.ts';
import { checkCourse, fixtureFiles, fixtures, pointedAt, readWants, type Said } from './check-pages.ts';

const sources = new Map(fixtureFiles.map((file) => [file, readFileSync(join(fixtures, file), 'utf8')]));
const wanted = new Map([...sources].map(([file, source]) => [file, readWants(source)]));

/** A point needs no column: what is wrong there is what is missing. */
const show = ({ line, column, text, rule }: Said): string => `${line}:${text === '' ? '-' : column} ${rule} “${text}”`;
const said = (diagnostic: Diagnostic, source: string): Said => ({
  line: diagnostic.place.start.line, column: diagnostic.place.start.column, text: pointedAt(diagnostic, source), rule: `${diagnostic.level} ${diagnostic.ruleId}`, message: diagnostic.message,
});
const foundIn = (diagnostics: readonly Diagnostic[], file: string, source: string): Said[] => diagnostics.filter(({ place }) => place.file === file).map((found) => said(found, source));

describe.each([['as written', (source: string) => source], ['with Windows line endings', (source: string) => source.replaceAll('\n', '\r\n')]] as const)('pages %s', (_, edit) => {
  const edited = new Map([...sources].map(([file, source]) => [file, edit(source)]));
  let diagnostics: readonly Diagnostic[] = [];
  beforeAll(async () => { diagnostics = await checkCourse(edited); });
  it.each([...sources.keys()])('%s: finds what it wants, where it wants it, and nothing else', (file) => {
    const found = foundIn(diagnostics, file, edited.get(file) ?? '');
    expect(found.map(show).sort()).toEqual((wanted.get(file) ?? []).map(show).sort());
    for (const want of wanted.get(file) ?? []) expect(found.filter((each) => show(each) === show(want)).map(({ message }) => message).join('\n')).toContain(want.message);
    for (const { message } of found) expect(message).toMatch(/[.?]$/);
  });
});

it('moves with prose before it, and changes in nothing else', async () => {
  const shifted = new Map([...sources].map(([file, source]) => [file, source.replace(/\n---\n/, '\n---\n\nSome 😀 prose.\n')]));
  const lines = (diagnostics: readonly Diagnostic[]): string[] => diagnostics.map(({ ruleId, place: { file, start } }) => `${file}:${start.line}:${start.column} ${ruleId}`);
  const inFrontmatter = ({ place }: Diagnostic): boolean => place.start.line < (sources.get(place.file) ?? '').split('\n').indexOf('---', 1) + 1;
  const before = (await checkCourse(sources)).map((found) => (inFrontmatter(found) ? found : { ...found, place: { ...found.place, start: { ...found.place.start, line: found.place.start.line + 2 } } }));
  expect(lines(await checkCourse(shifted)).sort()).toEqual(lines(before).sort());
});

it('says of every rule what a page looks like that breaks it', () => {
  const rules = pageChecks.flatMap((check) => Object.entries(check.rules).map(([name, { level }]) => `${level} page/${name}`));
  const shown = new Set([...wanted.values()].flat().map(({ rule }) => rule));
  expect(new Set(rules).size).toBe(rules.length);
  expect(rules.filter((rule) => !shown.has(rule))).toEqual([]);
});
