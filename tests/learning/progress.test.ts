import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { itemId } from '../../docs/learning/item-id.ts';
import { editionOf, mergeProgress, movePages, nothing, parseProgress, withPage, VERSION } from '../../docs/learning/progress.ts';
import { followEdits, similarity } from '../../docs/learning/words.ts';

const fixture = (version: number): string => readFileSync(join(import.meta.dirname, `fixtures/progress-v${version}.json`), 'utf8');
const at = '2026-11-21T09:00:00.000Z';

describe('an export', () => {
  test.each(Array.from({ length: VERSION }, (_, index) => index + 1))('of version %i still loads', (version) => {
    const { last, pages, proofs } = editionOf(parseProgress(fixture(version)), '2.0');
    expect(last).toEqual({ page: 'day-1/checkout-lag', at: '2026-11-20T18:02:11.000Z', heading: { id: 'the-tail', text: 'The tail' } });
    expect(pages['day-1/launch-day']?.done).toBe('2026-11-20T17:40:00.000Z');
    expect(pages['day-1/launch-day']?.ticks?.['0123456789']?.words).toBe('tell a spike from a trend');
    expect(pages['day-1/launch-day']?.answers?.['aaaaaaaaaa']?.opened.map(({ words }) => words)).toEqual(['The average', 'The tail']);
    expect(proofs).toEqual({ 'day-1/exercise-logs': '0A5K7-Q2M9X' });
  });
  test('of this version loads as it was', () => {
    const progress = parseProgress(fixture(VERSION));
    expect(parseProgress(JSON.stringify(progress))).toEqual(progress);
  });
  test.each([
    ['a picture', '\u0089PNG', 'Found a file that is not JSON'],
    ['another JSON', '{"name": "x"}', 'Found JSON of another kind'],
    ['a list', '[]', 'Found JSON of another kind'],
    ['a newer one', '{"format": "course-progress", "version": 99}', 'Found version 99, expected at most'],
    ['one without a version', '{"format": "course-progress"}', 'Found version undefined, expected a whole number'],
  ])('that is %s is refused in words that help', (_, json, words) => {
    expect(() => parseProgress(json)).toThrow(words);
  });
  test('whose entries somebody broke gives those that are whole', () => {
    const json = '{"format": "course-progress", "version": 1, "editions": {"2.0": {"last": 7, "pages": {"a": {"done": 5, "ticks": {"x": {"words": 1}, "y": {"words": "w", "at": "t"}}}, "b": null}, "proofs": {"c": {}}}, "1.0": 3}}';
    expect(parseProgress(json).editions).toEqual({ '2.0': { pages: { a: { ticks: { y: { words: 'w', at: 't' } }, answers: {} } }, proofs: {} } });
  });
  test('is read or refused, whatever JSON it is: nothing else is thrown', () => {
    fc.assert(fc.property(fc.jsonValue(), (editions) => {
      const read = parseProgress(JSON.stringify({ format: 'course-progress', version: 1, editions }));
      expect(parseProgress(JSON.stringify(read))).toEqual(read);
    }));
  });
});

describe('a page that moved', () => {
  const moved = { 'day-1/gone': 'day-1/here' };
  test('keeps what was kept of it, in its own edition', () => {
    const before = withPage(withPage(nothing, '2.0', 'day-1/gone', () => ({ done: at })), '1.0', 'day-1/gone', () => ({ done: at }));
    const withPlace = { ...before, editions: { ...before.editions, '2.0': { ...editionOf(before, '2.0'), last: { page: 'day-1/gone', at }, proofs: { 'day-1/gone': 'CODE' } } } };
    const { editions } = movePages(withPlace, '2.0', moved);
    expect(editions['2.0']).toEqual({ last: { page: 'day-1/here', at }, pages: { 'day-1/here': { done: at, ticks: {}, answers: {} } }, proofs: { 'day-1/here': 'CODE' } });
    expect(Object.keys(editions['1.0']?.pages ?? {})).toEqual(['day-1/gone']);
  });
  test('adds to what was done since, which stays', () => {
    const later = '2026-11-22T09:00:00.000Z';
    const before = withPage(withPage(nothing, '2.0', 'day-1/gone', () => ({ done: at, ticks: { old: { words: 'old', at } } })), '2.0', 'day-1/here', () => ({ done: later }));
    const once = movePages(before, '2.0', moved);
    expect(editionOf(once, '2.0').pages).toEqual({ 'day-1/here': { done: later, ticks: { old: { words: 'old', at } }, answers: {} } });
    expect(movePages(once, '2.0', moved)).toEqual(once);
  });
});

describe('an import', () => {
  test('adds to what is here: nothing is taken away, and an answer that was given stays', () => {
    const mine = withPage(withPage(nothing, '2.0', 'a', () => ({ done: at })), '2.0', 'b', () => ({ ticks: { one: { words: 'one', at } }, answers: { q: { words: 'q', opened: [{ id: 'mine', words: 'm', at }] } } }));
    const theirs = withPage(withPage(nothing, '2.0', 'b', () => ({ done: at, ticks: { two: { words: 'two', at } }, answers: { q: { words: 'q', opened: [{ id: 'theirs', words: 't', at }] } } })), '1.0', 'a', () => ({ done: at }));
    const { editions } = mergeProgress(mine, theirs);
    expect(Object.keys(editions['2.0']?.pages['b']?.ticks ?? {}).sort()).toEqual(['one', 'two']);
    expect(editions['2.0']?.pages['b']?.answers?.['q']?.opened[0]?.id).toBe('mine');
    expect([editions['2.0']?.pages['a']?.done, editions['2.0']?.pages['b']?.done, editions['1.0']?.pages['a']?.done]).toEqual([at, at, at]);
  });
  test('of what was exported here changes nothing', () => {
    const progress = parseProgress(fixture(VERSION));
    expect(mergeProgress(progress, parseProgress(JSON.stringify(progress)))).toEqual(progress);
  });
});

describe('the id of a sentence', () => {
  test('survives punctuation, markup, case and white space, and differs by question', () => {
    expect(itemId('Ask for  *one* thing, then stop.')).toBe(itemId('ask for one thing then stop'));
    expect(itemId('Yes', 'Is it slow?')).not.toBe(itemId('Yes', 'Is it down?'));
    expect(itemId('It fails at 5 %')).not.toBe(itemId('It fails at 50 %'));
  });
});

describe('an edited page', () => {
  const say = (id: string, words: string) => ({ id, words });
  test('keeps the tick of a sentence that was mended, and drops that of one that says something else', () => {
    const stored = [say('a', 'let a percentile by route name the slow endpoint'), say('b', 'add a histogram to a service that only counts')];
    const present = [say('c', 'let a percentile by route name one slow endpoint'), say('d', 'draw a dashboard for the team that is on call')];
    expect([...followEdits(present, stored)]).toEqual([['a', 'c']]);
  });
  test('gives one tick to one sentence, to the most alike', () => {
    const stored = [say('a', 'one two three four five six seven eight nine ten')];
    const present = [say('b', 'one two three four five six seven eight new words'), say('c', 'one two three four five six seven eight nine words')];
    expect([...followEdits(present, stored)]).toEqual([['a', 'c']]);
  });
  test('does not follow a sentence that is still there', () => {
    expect(followEdits([say('a', 'same words'), say('b', 'same words again')], [say('a', 'same words')]).size).toBe(0);
  });
  test('likeness is the same both ways, and one for the same words', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (left, right) => {
      expect(similarity(left, right)).toBeCloseTo(similarity(right, left));
      expect(similarity(left, left)).toBe(1);
    }));
  });
});
