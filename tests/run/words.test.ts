import { expect, test } from 'vitest';
import { sortNamedSeries } from '../../harness/backends/answers.ts';

test('the two series of a refused match stand in one order, whichever Prometheus names first', () => {
  const words = (one: string, other: string): string => `found duplicate series for the match group {job="a"} on the right hand-side of the operation: [{instance="${one}"}, {instance="${other}"}];many-to-many matching not allowed`;
  expect(sortNamedSeries(words('2', '1'))).toBe(words('1', '2'));
  expect(sortNamedSeries(words('1', '2'))).toBe(words('1', '2'));
  expect(sortNamedSeries('parse error: unclosed left parenthesis')).toBe('parse error: unclosed left parenthesis');
});
