import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, suggestWord } from '../../harness/model/suggest-word.ts';

test.each([
  ['', '', 0], ['rate', 'rate', 0], ['rate', 'rat', 1], ['rate', 'raet', 1], ['rate', 'date', 1], ['', 'abc', 3], ['ca', 'abc', 3], ['http_requests_totl', 'http_request_total', 2],
])('from %j to %j in %i edits', (from, to, edits) => {
  expect(editDistance(from, to)).toBe(edits);
});

test('is a distance: nothing from a word to itself, the same both ways, and never more than the longer word', () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(fc.property(word, word, (left, right) => {
    expect(editDistance(left, left)).toBe(0);
    expect(editDistance(left, right)).toBe(editDistance(right, left));
    expect(editDistance(left, right)).toBeLessThanOrEqual(Math.max(left.length, right.length));
    expect(editDistance(left, right)).toBeGreaterThanOrEqual(Math.abs(left.length - right.length));
  }));
});

test('the nearest known word, whatever its case, and none that is far', () => {
  expect(suggestWord('Alertmanger', ['alertmanager', 'alertname'])).toBe('alertmanager');
  expect(suggestWord('raet', ['date', 'rate'])).toBe('rate');
  expect(suggestWord('aa', ['ab', 'ac'])).toBe('ab');
  expect(suggestWord('user_id', ['status', 'route'])).toBeUndefined();
  expect(suggestWord('rate', ['rates'], 0)).toBeUndefined();
});
