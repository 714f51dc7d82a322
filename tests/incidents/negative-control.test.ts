import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { parsePage } from '../../harness/parse/index.ts';
import { makeCourse, repository, type SmallCourse } from '../support/course.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });
const FOLDER = join(repository, 'snippets/incidents');
/** A day without a fault gets those of this one, which begins at the same time of day. */
const FAULTS_FOR: Readonly<Record<string, string>> = { healthy: 'checkout-crash' };
/** How a claim is found untrue: nothing else may be what makes it red. */
const REFUTES = /^(?:answer\/(?:empty|not-empty|unmet-expectation)|rules\/(?:never-fired|unknown-label-value|unknown-metric)|(?:promql|logql|jaeger)\/unknown-.*)$/;

interface Block { readonly id: string; readonly verdict: string; readonly diagnostics: readonly { readonly ruleId: string; readonly level: string; readonly message: string }[] }

/** Without the figures of the day itself: they are no part of a claim. */
function withoutFigures(document: Document): Document {
  const expectations = document.get('expectations');
  if (isSeq(expectations)) for (const item of expectations.items) if (isMap(item)) item.delete('figures');
  return document;
}

/** A year later: the datasets themselves stand on their dates, and two may not meet. Expectations name times of day. */
const read = (name: string): Document => withoutFigures(parseDocument(readFileSync(join(FOLDER, `${name}.yaml`), 'utf8').replace(/^start: 2026-/m, 'start: 2025-')));
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -'.yaml'.length)).sort();
const stated = names.flatMap((name) => parsePage({ root: repository, file: `snippets/incidents/${name}.yaml` }).blocks
  .flatMap(({ name: block, expectation }) => (expectation === undefined || expectation.proven === 'live' ? [] : [{ incident: name, block: block as string, expectation }])));
const hasFaults = (name: string): boolean => read(name).has('faults');

/** The same day without what went wrong, and without the deploys that brought it; a day on which nothing did gets what did on another. */
function turn(name: string): string {
  const document = read(name);
  if (!hasFaults(name)) {
    const other = FAULTS_FOR[name];
    if (other === undefined) throw new Error(`${name} has expectations and no fault: name an incident in FAULTS_FOR whose faults refute them.`);
    // Its sampling as well: what fails would be more than a dataset may store.
    for (const key of ['faults', 'sampling']) document.set(key, read(other).get(key));
    return document.toString({ lineWidth: 0 });
  }
  document.delete('faults');
  document.delete('deploys');
  const parameters = document.get('parameters');
  if (isMap(parameters)) parameters.items = parameters.items.filter(({ value }) => !(isScalar(value) && /^(?:faults|deploys)\./.test(String(value.value))));
  return document.toString({ lineWidth: 0 });
}

let course: SmallCourse;
let found: ReadonlyMap<string, Block>;
beforeAll(async () => {
  course = makeCourse({});
  for (const name of new Set(stated.map(({ incident }) => incident))) course.write(`snippets/incidents/${name}-turned.yaml`, turn(name));
  // Stored as they come: only what is said of an answer counts here.
  const { stdout, stderr } = await course.run(['verify', '--update', '--report', 'json']);
  const { blocks, errors } = JSON.parse(stdout) as { blocks: readonly Block[]; errors: readonly unknown[] };
  expect([errors, blocks.filter(({ verdict }) => verdict === 'errored')], stderr).toEqual([[], []]);
  found = new Map(blocks.map((block) => [block.id, block]));
});
afterAll(() => course[Symbol.dispose]());

const verdictOf = ({ incident, block }: { readonly incident: string; readonly block: string }): Block | undefined => found.get(`incidents/${incident}-turned#${block}`);

test('there are incidents with expectations, and every kind of fault is taken away', () => {
  expect(new Set(stated.map(({ incident }) => incident)).size).toBeGreaterThan(2);
});

describe('what is visible is so because of the fault: without it, the claim is refuted', () => {
  test.each(stated.filter(({ expectation }) => expectation.visible).map((one) => [`${one.incident}#${one.block}`, one] as const))('%s', (_, one) => {
    const errors = verdictOf(one)?.diagnostics.filter(({ level }) => level === 'error') ?? [];
    expect(errors.length, one.expectation.claim).toBeGreaterThan(0);
    expect(errors.filter(({ ruleId }) => !REFUTES.test(ruleId))).toEqual([]);
  });
});

describe('what a signal does not show is the same without the fault', () => {
  test.each(stated.filter(({ incident, expectation }) => !expectation.visible && hasFaults(incident)).map((one) => [`${one.incident}#${one.block}`, one] as const))('%s', (_, one) => {
    expect([verdictOf(one)?.verdict, verdictOf(one)?.diagnostics]).toEqual(['passed', []]);
  });
});
