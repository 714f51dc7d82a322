import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { presentTools } from '../../harness/scan-command.ts';
import { scan } from '../../harness/scan/command.ts';
import type { ScanReport } from '../../harness/scan/model.ts';

/** The documents are not ours and not kept here: this names their folder. */
const folder = process.env['SCAN_SOURCES'] ?? '';
const root = resolve(import.meta.dirname, '../..');

interface Fault {
  readonly source: string;
  readonly block: number | null;
  readonly line: number;
  readonly at: number;
  readonly kind: 'parse' | 'type' | 'load' | 'behaviour';
  readonly sees: string;
  readonly what: string;
}
const FILES: Readonly<Record<string, string>> = { d1a: 'day-1-narrative.md', d1b: 'day-1-brick-by-brick.md', d2: 'day-2-implementation.md', g5: 'incident-management.md', m5: 'module-5.md' };
const faults = parse(readFileSync(join(import.meta.dirname, 'faults.yml'), 'utf8')) as readonly Fault[];
const visible = faults.filter(({ kind }) => kind !== 'behaviour');

/** What a parser, a type-checker or a loader sees and the scan does not say, by source and line, with the reason. */
const MISSED: Readonly<Record<string, string>> = parse(readFileSync(join(import.meta.dirname, 'missed.yml'), 'utf8')) as Readonly<Record<string, string>>;
const nameOf = ({ source, at }: Fault): string => `${source}:${at}`;

describe.runIf(folder !== '' && existsSync(folder))('five documents with known faults (SCAN_SOURCES names their folder)', () => {
  let report: ScanReport;
  beforeAll(async () => {
    report = await scan([folder], { root, folder, tool: presentTools(root), signal: new AbortController().signal });
  });
  const placed = () => report.verdicts.flatMap(({ diagnostics }) => diagnostics);

  test('nothing breaks, every program answers, every fenced block has a verdict', () => {
    expect(report.errors).toEqual([]);
    expect(report.tools.missing).toEqual([]);
    // As their authors see them: of Markdown in Markdown, CommonMark makes one more.
    expect(report.verdicts.length).toBe(180);
  });

  test.each(visible.filter((fault) => !Object.hasOwn(MISSED, nameOf(fault))).map((fault) => [nameOf(fault), fault.what, fault] as const))('%s: %s', (_name, _what, { source, at }) => {
    expect(placed().filter(({ place }) => place.file === FILES[source]).map(({ place }) => place.start.line)).toContain(at);
  });

  test('what is said to be missed is missed: whoever finds it takes it off that list', () => {
    const found = visible.filter((fault) => Object.hasOwn(MISSED, nameOf(fault)) && placed().some(({ place }) => place.file === FILES[fault.source] && place.start.line === fault.at));
    expect(found.map(nameOf)).toEqual([]);
    expect(Object.keys(MISSED).filter((name) => !visible.some((fault) => nameOf(fault) === name))).toEqual([]);
  });

  test('nothing is found where no fault is known', () => {
    const known = new Set([...faults.map((fault) => `${FILES[fault.source] ?? ''}:${fault.at}`)]);
    expect(placed().map(({ place }) => `${place.file}:${place.start.line}`).filter((at) => !known.has(at))).toEqual([]);
  });
});

test.runIf(folder === '')('the five documents are not here: set SCAN_SOURCES to their folder to hold the scan against their faults', () => {
  expect(visible.length).toBeGreaterThan(50);
});
