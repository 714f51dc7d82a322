import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCache } from '../../harness/cache.ts';
import { recallPage, rememberPage } from '../../harness/evidence.ts';
import type { Page } from '../../harness/model/block.ts';
import type { Depth, Verdict } from '../../harness/model/verdict.ts';
import { parsePage } from '../../harness/parse/index.ts';

const TODAY = '2026-11-21';
const file = 'docs/content/docs/a.mdx';
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cache-'));
  write(file, '```json\n{}\n```\n');
});
afterEach(() => { rmSync(root, { recursive: true }); });

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const parse = (): Page => parsePage({ root, file });
const passed = (page: Page, depth: Depth = 'compared'): Verdict[] => page.blocks.map((block) => ({ kind: 'passed', block, depth, elapsedMs: 1, diagnostics: [] }));
const recall = (today = TODAY, command = 'verify', shared = ''): Verdict[] | undefined => {
  const page = parse();
  return recallPage(page, openCache(root, command, [page], shared), today);
};
/** A run that sees the page pass. `during` happens between reading the page and remembering it. */
function prove(verdicts: (page: Page) => Verdict[] = passed, during = (): void => {}): void {
  const page = parse();
  const cache = openCache(root, 'verify', [page]);
  during();
  rememberPage(page, verdicts(page), cache);
  cache.save();
}

test('a page that passed is recalled, with the depth that it had', () => {
  prove();
  expect(recall()).toMatchObject([{ kind: 'passed', depth: 'compared' }]);
});

test.each<[string, () => unknown]>([
  ['the page', () => write(file, '```json\n{"a": 1}\n```\n')],
  ['a stored answer', () => write('docs/transcripts/a/x.json', '{}')],
  ['the lock', () => write('docs/transcripts/lock.json', '{}')],
  ['a snippet', () => write('snippets/x.ts', '')],
  ['the harness', () => write('harness/x.ts', '')],
  ['a diagram', () => write('diagrams/x.mmd', '')],
  ['the packages', () => write('package-lock.json', '{}')],
])('after a change of %s it is proven again', (_name, change) => {
  prove();
  change();
  expect(recall()).toBeUndefined();
});

test('rules of other pages count, and check does not vouch for verify', () => {
  prove();
  expect(recall(TODAY, 'verify', 'another rule file')).toBeUndefined();
  expect(recall(TODAY, 'check')).toBeUndefined();
});

test('a page edited while it was proven is proven again: what passed is not what stands there', () => {
  prove(passed, () => write(file, '```json\n{"a": 2}\n```\n'));
  expect(recall()).toBeUndefined();
});

test('what failed, warned, or was only parsed for want of a tool is not remembered', () => {
  const warned = (page: Page): Verdict[] => passed(page).map((one) => ({ ...one, diagnostics: [{}] }) as unknown as Verdict);
  for (const verdicts of [warned, (page: Page) => passed(page, 'parsed'), (page: Page) => passed(page).map((one) => ({ ...one, kind: 'failed' }) as unknown as Verdict)]) {
    prove();
    prove(verdicts);
    expect(recall()).toBeUndefined();
  }
});

test('an ignored block is recalled until its date, and not after it', () => {
  write(file, '```json ignore reason="later" until=2026-12-01\n{\n```\n');
  prove((page) => page.blocks.map((block) => ({ kind: 'skipped', block, depth: 'parsed', elapsedMs: 0, reason: 'later' })));
  expect(recall('2026-12-01')).toMatchObject([{ kind: 'skipped', reason: 'later' }]);
  expect(recall('2026-12-02')).toBeUndefined();
});
