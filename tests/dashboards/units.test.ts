import { describe, expect, it } from 'vitest';
import { explainContradiction, explainUnit, measureOf } from '../../harness/checkers/dashboard/units.ts';

describe('units', () => {
  it.each([
    ['promql', 'histogram_quantile(0.9, sum by (le) (rate(a_seconds_bucket[5m])))', 'seconds'],
    ['promql', '1000 * histogram_quantile(0.9, sum by (le) (rate(a_seconds_bucket[5m])))', 'milliseconds'],
    ['promql', 'sum(rate(a_total{status="500"}[5m])) / sum(rate(a_total[5m]))', 'ratio'],
    ['promql', 'sum(rate(a_total{status="500"}[5m])) / sum(rate(a_total[5m])) * 100', 'percent'],
    ['promql', '100 * (1 - sum(rate(a_total[5m])) / sum(rate(b_total[5m])))', 'percent'],
    ['promql', 'sum(rate(a_bytes_total[5m]))', 'bytes per second'],
    ['promql', 'process_resident_memory_bytes', 'bytes'],
    ['promql', 'sum(increase(a_total[5m]))', 'count'],
    ['promql', 'sum(rate(distributor_bytes_received_total[5m]))', undefined],
    ['promql', 'db_pool_connections_active', undefined],
    ['promql', 'a_seconds * 60', undefined],
    ['logql', 'sum(rate({a="b"} [5m]))', 'per second'],
    ['logql', 'sum(count_over_time({a="b"} [5m]))', 'count'],
    ['logql', 'sum(rate({a="b"} |= "x" [5m])) / sum(rate({a="b"} [5m]))', 'ratio'],
    ['logql', 'quantile_over_time(0.9, {a="b"} | json | unwrap duration_ms [5m])', 'milliseconds'],
    ['logql', 'sum(bytes_rate({a="b"} [5m]))', 'bytes per second'],
    ['logql', '{a="b"} | json', undefined],
  ] as const)('%s %s answers %s', (language, query, wanted) => {
    expect(measureOf(language, query)).toBe(wanted);
  });

  it('contradicts what is off by a factor or means something else, and nothing that is neutral or unknown', () => {
    const ratio = 'sum(rate(a_total{status="500"}[5m])) / sum(rate(a_total[5m]))';
    expect(explainContradiction('percent', 'promql', ratio)).toContain('answers a share, of which 1 is all, expected `percentunit`');
    expect(explainContradiction('percentunit', 'promql', `${ratio} * 100`)).toContain('expected `percent`');
    expect(explainContradiction('bytes', 'promql', 'sum(rate(a_bytes_total[5m]))')).toContain('expected `Bps`');
    for (const unit of ['percentunit', 'short', 'none', 'suffix: x', 'volt']) expect(explainContradiction(unit, 'promql', ratio)).toBeUndefined();
    expect(explainContradiction('ms', 'promql', 'db_pool_connections_active')).toBeUndefined();
  });

  it('knows units by their ids', () => {
    for (const unit of ['s', 'percentunit', 'suffix: orders', 'currencyEUR', 'µs', '$unit', '']) expect(explainUnit(unit)).toBeUndefined();
    expect(explainUnit('milliseconds')).toContain('Did you mean `ms`?');
    expect(explainUnit('orders')).toContain('write `suffix: orders`');
  });
});
