import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { indexLogs, indexSpans } from '../../harness/checkers/support/field-index.ts';
import { indexDataset } from '../../harness/checkers/support/metric-index.ts';
import { openKnownDatasets } from '../../harness/known-datasets.ts';
import { simulate } from '../../harness/simulate/index.ts';
import { repository } from '../support/course.ts';

const NAME = 'white-screen';
const previousCache = process.env['XDG_CACHE_HOME'];
let root: string;
let simulated: string[];
const open = () => openKnownDatasets(root, (name) => {
  simulated.push(name);
  return simulate(name, root);
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'known-'));
  process.env['XDG_CACHE_HOME'] = join(root, 'cache');
  symlinkSync(join(repository, 'harness'), join(root, 'harness'));
  mkdirSync(join(root, 'snippets'));
  cpSync(join(repository, 'snippets/incidents'), join(root, 'snippets/incidents'), { recursive: true });
  simulated = [];
});
afterEach(() => {
  if (previousCache === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = previousCache;
  rmSync(root, { recursive: true });
});
const stored = (): string[] => readdirSync(join(root, 'cache'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json')).map((file) => join(root, 'cache', file));

test('a dataset is simulated once a machine, and what is known of it is what a simulation gives, in its order', () => {
  open()(NAME);
  const known = open()(NAME);
  const fresh = simulate(NAME, root);
  const { series: _, logs: __, traces: ___, ...head } = fresh;
  expect(known).toMatchObject(head);
  expect([indexDataset(known), indexLogs(known), indexSpans(known)]).toEqual([indexDataset(fresh), indexLogs(fresh), indexSpans(fresh)]);
  expect([[...indexDataset(known).metrics.keys()], [...indexLogs(known).fields.keys()]]).toEqual([[...indexDataset(fresh).metrics.keys()], [...indexLogs(fresh).fields.keys()]]);
  expect(simulated.length).toBe(1);
});

test('who reads its telemetry has it simulated, once', () => {
  open()(NAME);
  const known = open()(NAME);
  expect([known.series.length, known.logs.length, known.traces.length].every((length) => length > 0)).toBe(true);
  expect(simulated).toEqual([NAME, NAME]);
});

test.each([
  ['an incident that was edited', () => writeFileSync(join(root, `snippets/incidents/${NAME}.yaml`), readFileSync(join(root, `snippets/incidents/${NAME}.yaml`), 'utf8') + '\n')],
  ['a simulator that was changed', () => {
    rmSync(join(root, 'harness'));
    cpSync(join(repository, 'harness/simulate'), join(root, 'harness/simulate'), { recursive: true });
    writeFileSync(join(root, 'harness/simulate/pool.ts'), '');
  }],
  ['a file that was damaged', () => stored().forEach((file) => writeFileSync(file, '{}\n{'))],
  ['another variant', () => undefined],
])('%s is simulated anew', (what, change) => {
  open()(NAME);
  change();
  const known = open()(what === 'another variant' ? 'healthy' : NAME);
  expect(simulated.length).toBe(2);
  expect(indexDataset(known).metrics.size).toBeGreaterThan(0);
});

test('where nothing can be kept all is as ever', () => {
  writeFileSync(join(root, 'cache'), '');
  expect(indexDataset(open()(NAME)).metrics.size).toBeGreaterThan(0);
  open()(NAME);
  expect(simulated).toEqual([NAME, NAME]);
});

test('what there is not is told as ever', () => {
  expect(() => open()('no-such-incident')).toThrow(/no-such-incident/);
  expect(() => open()('white-screen(')).toThrow();
});
