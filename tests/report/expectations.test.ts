import { describe, expect, test } from 'vitest';
import type { Block, Expectation } from '../../harness/model/block.ts';
import { HarnessError, type Verdict } from '../../harness/model/verdict.ts';
import { renderExpectations } from '../../harness/report/expectations.ts';
import { createPaint } from '../../harness/report/paint.ts';

const plain = createPaint(false);
const state = (page: string, name: string, expectation: Partial<Expectation> | undefined): Block => ({
  id: `${page}#${name}`, page, ...(expectation === undefined ? {} : { expectation: { claim: 'It is so.', signal: 'metrics', visible: true, proven: 'both', ...expectation } }),
}) as unknown as Block;
const passed = (block: Block, depth: Verdict['depth'] = 'compared'): Verdict => ({ kind: 'passed', block, depth, elapsedMs: 1, diagnostics: [] });
const failed = (block: Block): Verdict => ({ kind: 'failed', block, depth: 'ran', elapsedMs: 1, diagnostics: [{ ruleId: 'answer/empty', level: 'error', message: 'm', place: { file: 'f', start: { line: 1, column: 1 }, end: { line: 1, column: 1 } }, related: [] }] });
const skipped = (block: Block): Verdict => ({ kind: 'skipped', block, depth: 'checked', elapsedMs: 0, reason: 'live only' });

describe('what incidents expect of themselves, in the terminal', () => {
  test('is nothing without incidents', () => {
    expect(renderExpectations([passed(state('day-1/lag', 'a', undefined))], plain)).toEqual([]);
  });
  test('of a few incidents is every claim with its verdict; blocks that state nothing are left out', () => {
    expect(renderExpectations([
      passed(state('incidents/a', 'picture', undefined)),
      passed(state('incidents/a', 'one', {})),
      failed(state('incidents/a', 'two', { signal: 'logs', visible: false, claim: 'No\u001b[31m errors.' })),
      skipped(state('incidents/a', 'three', { signal: 'alert', claim: 'It pages.', proven: 'live' })),
      { kind: 'errored', block: state('incidents/b', 'one', { signal: 'traces' }), depth: 'checked', elapsedMs: 1, error: new HarnessError('timed-out', 'no answer') },
      passed(state('incidents/b', 'two', {}), 'checked'),
    ], plain)).toEqual([
      '  incidents/a',
      '  holds     metrics  shows  It is so.',
      '  failed    logs     hides  No\\u{1b}[31m errors.',
      '  skipped   alert    shows  It pages.',
      '',
      '  incidents/b',
      '  errored   traces   shows  It is so.',
      '  checked   metrics  shows  It is so.',
    ]);
  });
  test('of many is a count a signal, and only the claims that do not hold', () => {
    const verdicts = ['a', 'b', 'c', 'd-is-longer'].flatMap((name) => [passed(state(`incidents/${name}`, 'one', {})), passed(state(`incidents/${name}`, 'two', { signal: 'alert' }))]);
    expect(renderExpectations([...verdicts, failed(state('incidents/d-is-longer', 'three', { claim: 'Untrue.' }))], plain)).toEqual([
      '  expectations           metrics  logs  traces  alert',
      '  incidents/a                  1                    1',
      '  incidents/b                  1                    1',
      '  incidents/c                  1                    1',
      '  incidents/d-is-longer      1/2                    1',
      '',
      '  failed    metrics  shows  incidents/d-is-longer#three: Untrue.',
    ]);
  });
});
