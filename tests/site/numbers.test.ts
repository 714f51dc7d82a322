import { describe, expect, it } from 'vitest';
import { formatClock, formatSpanDuration, formatWait } from '../../docs/readings/clock.ts';
import { decimalsFor, formatFixed, formatInline, ticksTo } from '../../docs/readings/numbers.ts';
import { unitOfQuery } from '../../harness/model/unit.ts';
import * as outputs from './fixtures/outputs.ts';

describe('numbers and clocks', () => {
  it.each([[[2.49375, 0.0462], 3], [[1, 2, 3], 0], [[1234.5, 0.01], 2], [[0.000012], 4], [[NaN, Infinity], 0]])('gives %j %i decimals', (values, want) => {
    expect(decimalsFor(values)).toBe(want);
  });
  it('writes thousands apart, and signs', () => {
    expect([formatFixed(12345.6, 1), formatFixed(-0.5, 2), formatFixed(-0.001, 1), formatFixed(Infinity, 2)]).toEqual(['12\u202f345.6', '−0.50', '0.0', '+Inf']);
  });
  it.each([[0.218437, 'ms', '218\u00a0ms'], [2.49375, 's', '2.49\u00a0s'], [0.0812, 'percent', '8.1\u00a0%'], [12.4, 'int', '12'], [0.0462, undefined, '0.0462']] as const)('quotes %d as %s', (value, format, want) => {
    expect(formatInline(value, format)).toBe(want);
  });
  it('makes ticks from zero', () => {
    expect([ticksTo(2.6), ticksTo(0.9), ticksTo(1, true), ticksTo(0)]).toEqual([[0, 1, 2, 3], [0, 0.25, 0.5, 0.75, 1], [0, 1], [0, 1]]);
  });
  it('writes clock times in UTC and waits as Prometheus does', () => {
    expect([formatClock(outputs.clock('14:07:00')), formatClock(outputs.clock('14:07:15')), formatWait(525_000), formatWait(0)]).toEqual(['14:07', '14:07:15', '8m45s', '0s']);
    expect([2_510_000, 38_200, 1_250, 840].map(formatSpanDuration)).toEqual(['2.51 s', '38 ms', '1.3 ms', '840 µs']);
  });
  it.each([
    ['histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))', 'seconds'],
    ['sum(rate(x_seconds_sum[5m])) / sum(rate(x_seconds_count[5m]))', 'seconds'],
    ['sum(rate(http_requests_total{status="500"}[5m])) / sum(rate(http_requests_total[5m]))', 'ratio'],
    ['rate(http_requests_total[5m])', 'per second'],
    ['sum by (service) (rate(http_requests_total[5m])) > 3', 'per second'],
    ['process_resident_memory_bytes', 'bytes'],
    ['count(up == 0)', 'count'],
    ['1 - sum(rate(x_seconds_bucket{le="1"}[5m])) / sum(rate(x_seconds_count[5m]))', 'ratio'],
    ['up', undefined],
    ['100 * rate(http_requests_total[5m])', undefined],
  ])('knows the unit of %s', (query, want) => {
    expect(unitOfQuery('promql', query)).toBe(want);
  });
});
