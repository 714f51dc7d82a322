import { describe, expect, it } from 'vitest';
import type { Output, Transcript } from '../../harness/model/transcript.ts';
import { renderReading, toHtml, type ReadingContext } from '../../docs/readings/index.ts';
import { fieldsOfQuery } from '../../docs/readings/logs.ts';
import { layOutTrace } from '../../docs/readings/spans.ts';
import * as outputs from './fixtures/outputs.ts';
import { attribute, contextOf, show, textOf } from './fixtures/show.ts';

describe('vector', () => {
  const text = 'histogram_quantile(0.99, sum by (peer, le) (rate(outbound_request_duration_seconds_bucket[5m])))';
  it('has a column for what differs, the unit in the header, and one number of decimals', () => {
    const html = show(outputs.peerVector, { text });
    expect(html.match(/<th[^>]*>([^<]*)<\/th>/g)?.map(textOf)).toEqual(['peer', 'seconds']);
    expect(html.match(/<data[^>]*>([^<]*)<\/data>/g)?.map(textOf)).toEqual(['2.494', '0.046', '0.095']);
    expect(textOf(html)).toContain('all of them {job="checkout"}');
  });
  it('shows what was scraped as such: each line with decimals of its own, and no unit for all of them', () => {
    const stored: Output = { kind: 'vector', atMs: 0, samples: [{ labels: { __name__: 'took_seconds_bucket', job: 'checkout', le: '1.0' }, value: '3' }, { labels: { __name__: 'took_seconds_sum', job: 'checkout' }, value: '1.25' }] };
    const context = { language: 'prometheus', text: 'took_seconds_bucket{le="1"} 3\ntook_seconds_sum 1.25', dataset: undefined };
    expect(show(stored, context).match(/<th[^>]*>([^<]*)<\/th>/g)?.map(textOf)).toEqual(['metric', 'le', 'value']);
    expect(show(stored, context).match(/<data[^>]*>([^<]*)<\/data>/g)?.map(textOf)).toEqual(['3', '1.25']);
    const transcript: Transcript = { formatVersion: 1, block: 'p#stored', key: 'k', uses: { datasets: [], backends: ['exposition'] }, dataset: undefined, backends: [{ name: 'prometheus', version: '3.14.0' }], output: stored };
    const reading = textOf(toHtml(renderReading(transcript, contextOf(context))));
    expect(reading).toContain('Prometheus 3.14.0 scraped and stored it');
    expect(reading).toContain('Prometheus 3.14.0 scraped exactly this text, as the first job of prometheus.yml');
  });
  it('keeps the stored value beside the rounded one', () => {
    expect(show(outputs.peerVector, { text })).toContain('value="0.0951234567891"');
  });
  it('shows one value as a figure', () => {
    expect(show(outputs.singleVector)).toContain('class="figure"');
  });
  it('folds what exceeds eight rows, and never one row alone', () => {
    const samples = (count: number) => Array.from({ length: count }, (_, index) => ({ labels: { pod: `p${index}` }, value: '1' }));
    expect(show({ kind: 'vector', atMs: 0, samples: samples(9) })).not.toContain('<details');
    expect(textOf(show({ kind: 'vector', atMs: 0, samples: samples(12) }))).toContain('4 more rows');
  });
  it('says that an answer is empty, and on purpose only when it is', () => {
    expect(textOf(show(outputs.emptyVector))).toBe('Nothing. No series matched.');
    expect(textOf(show(outputs.emptyVector, { attributes: new Map([attribute('empty', true)]) }))).toContain('Empty on purpose');
  });
});

describe('matrix', () => {
  const html = show(outputs.percentiles, { moments: [{ atMs: outputs.clock('14:08:30'), label: 'alert' }], headline: 'Two and a half seconds' });
  it('draws one line a series, once wide and once narrow', () => {
    expect(html.match(/<path class="line/g)).toHaveLength(6);
  });
  it('starts at zero, shades the fault and marks the alert', () => {
    expect(html).toContain('class="zero"');
    expect(html.match(/<rect class="fault"/g)).toHaveLength(2);
    expect(textOf(html)).toContain('fault 14:02');
    expect(textOf(html)).toContain('▲ alert 14:08:30');
  });
  it('labels lines at their end and has the numbers as a table', () => {
    expect(html.match(/<text class="end series-\d"[^>]*>p99</g)).toHaveLength(2);
    expect(html).toContain('<th scope="row">13:50</th>');
  });
  it('has a text alternative with the headline and the peaks', () => {
    expect(/aria-label="(Line chart\. Two and a half seconds p50: from [^"]*p99: from [^"]*highest 2\.[^"]*)"/.exec(html)?.[1]).toBeDefined();
  });
  it('colours five series and greys the rest', () => {
    const many = outputs.rangeOf(Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name, index) => [name, [name, index + 1, index + 1]])));
    const drawn = show(many);
    expect(drawn.match(/line series-0/g)).toHaveLength(4);
    expect(textOf(drawn)).toContain('2 more series in grey');
    expect(drawn).not.toContain('>a</text>');
  });
  it('breaks the line where samples are missing', () => {
    const points = [0, 15_000, 60_000, 75_000].map((timestampMs) => [timestampMs, '1'] as const);
    const html = show({ kind: 'matrix', startMs: 0, endMs: 75_000, stepMs: 15_000, series: [{ labels: {}, points }] }, { clock: undefined });
    expect(/ d="([^"]+)"/.exec(html)?.[1]?.match(/M/g)).toHaveLength(2);
  });
  it('does not shade a fault that is not over: nobody knew of it then', () => {
    expect(show({ ...outputs.percentiles, endMs: outputs.clock('14:10') })).not.toContain('class="fault"');
  });
  it('draws no fault where the dataset has none', () => {
    expect(show(outputs.percentiles, { clock: undefined })).not.toContain('class="fault"');
  });
});

describe('logs', () => {
  it('highlights the field that the query filters by', () => {
    const html = show(outputs.slowLines, { language: 'logql', text: '{service="checkout"} | json | duration_ms > 2000' });
    expect(html).toContain('duration_ms=<mark>2471</mark>');
    expect(textOf(html)).toContain('4 more lines');
    expect(textOf(html)).toContain('12 of 39 matching lines');
  });
  it('highlights what the prose relies on, and shows what tells lines apart', () => {
    const html = show(outputs.slowLines, { language: 'logql', text: '{service="checkout"} | json | event="outbound_slow"', attributes: new Map([attribute('expect', "count > 3; contains='discount'")]) });
    expect(html).toContain('peer=<mark>discount</mark>');
    expect(textOf(html)).toContain('duration_ms= 2471');
  });
  it('shows clock, level and message, and escapes what is not JSON', () => {
    const html = show(outputs.mixedLines, { language: 'logql', text: '{service="checkout"}' });
    expect(textOf(html)).toContain('14:05:01.012 info checkout order accepted');
    expect(html).toContain('&#x3C;script>');
    expect(html).not.toContain('<script');
  });
  it.each([
    ['{a="b"} | json | duration_ms > 2000 | event="slow"', ['duration_ms']],
    ['sum by (payment_status, provider_code) (count_over_time({a="b"} | json [1m]))', ['payment_status', 'provider_code']],
    ['{a="b"} |= "boom"', []],
  ])('finds the fields of %s', (query, want) => {
    expect(fieldsOfQuery(query)).toEqual(want);
  });
});

describe('traces', () => {
  const html = show(outputs.slowTraces, { language: 'jaeger' });
  it('tables the traces, slowest first, and opens the slowest as a waterfall', () => {
    expect(html.match(/<code>[0-9a-f]{8}<\/code>/g)?.map(textOf)).toEqual(['4bf92f35', 'bbbb2f35', 'aaaa2f35']);
    expect(html.match(/class="span[ "]/g)).toHaveLength(9);
  });
  it('marks the critical path and errors in words', () => {
    expect(html).toContain('✕ error');
    expect(html).toContain(', on the critical path');
  });
  it('finds own time and the critical path', () => {
    const rows = layOutTrace(outputs.slowTrace.spans).rows;
    const quote = rows.find((row) => row.span.spanId === 'a7');
    expect(quote?.self).toEqual([[38_200, 2_537_200]]);
    expect(quote?.isCritical).toBe(true);
    expect(rows.map((row) => row.depth)).toEqual([0, 1, 2, 3, 4, 2, 3, 2, 3]);
  });
  it('leaves a span that nobody waited for off the critical path', () => {
    const base = { service: 's', operation: 'o', failed: false, attributes: {} };
    const spans = [
      { ...base, spanId: 'root', parentSpanId: undefined, startUs: 0, durationUs: 100_000 },
      { ...base, spanId: 'slow', parentSpanId: 'root', startUs: 0, durationUs: 99_000 },
      { ...base, spanId: 'aside', parentSpanId: 'root', startUs: 10_000, durationUs: 20_000 },
    ];
    expect(layOutTrace(spans).rows.filter((row) => row.isCritical).map((row) => row.span.spanId)).toEqual(['root', 'slow']);
  });
  it('folds what exceeds 25 spans', () => {
    const spans = Array.from({ length: 40 }, (_, index) => ({ spanId: `s${index}`, parentSpanId: index === 0 ? undefined : 's0', service: 's', operation: 'o', startUs: index, durationUs: 100, failed: false, attributes: {} }));
    expect(textOf(show({ kind: 'traces', total: 1, traces: [{ traceId: 'x', spans }] }))).toContain('15 more spans');
  });
});

describe('rules', () => {
  it('shows when it fired, what stayed quiet, and the way it was carried', () => {
    const text = textOf(show(outputs.alertRules));
    expect(text).toContain('checkout-lag 14:02:00 14:03:30 14:08:30 6m30s 14:22:45');
    expect(text).toContain('HighLatencyP99 stayed quiet on healthy and checkout-lag(discount.latency=0.8s).');
    expect(text).toContain('HighLatencyWithContext never fired on checkout-lag.');
    expect(text).toContain('HighLatencyP99 carried end to end');
  });
  it('tells the silence of a rule shown as a mistake first, and its control after it', () => {
    const silent = { alert: 'Narrow', dataset: 'checkout-lag', pendingMs: undefined, firingMs: undefined, resolvedMs: undefined, faultStartMs: undefined, labels: {}, annotations: {} };
    const control = { ...silent, dataset: 'checkout-crash', pendingMs: outputs.clock('14:05:15'), firingMs: outputs.clock('14:10:15') };
    const text = textOf(show({ kind: 'rules', runs: [silent, control], notifications: [], carried: [] }, { attributes: new Map([attribute('never', 'Narrow'), attribute('control', 'checkout-crash')]) }));
    expect(text).toMatch(/^Narrow never fired on checkout-lag\. On its control it fires: dataset .* checkout-crash/);
  });
  it('shows the message of the phone alone when asked', () => {
    const html = show(outputs.alertRules, {}, 'notification');
    expect(html.match(/<article/g)).toHaveLength(1);
    expect(textOf(html)).toContain('▲ firing HighLatencyP99 severity page');
    expect(html).toContain('href="/day-1/checkout-lag/#runbook"');
  });
  it('never links to a host that nobody answers on', () => {
    expect(show(outputs.alertRules)).not.toContain('href="http://prometheus.technow.example');
  });
});

describe('rejection, process and service', () => {
  it('shows the real error', () => {
    expect(textOf(show(outputs.rejection))).toContain('1:6: parse error: ranges only allowed for vector selectors');
  });
  it('shows an exit code that is not 0, and standard error apart', () => {
    const text = textOf(show({ kind: 'process', stdout: '4\n', stderr: 'boom', exitCode: 2 }));
    expect(text).toBe('4 standard error boom exit code 2');
  });
  it('says so when a program wrote nothing', () => {
    expect(textOf(show({ kind: 'process', stdout: '', stderr: '', exitCode: 0 }))).toBe('Ended without output, exit code 0.');
  });
  it('shows what each backend got of a service', () => {
    const text = textOf(show(outputs.service));
    for (const part of ['What Prometheus scraped, 3 times', 'What Prometheus answers for it', 'What Loki received', 'What Jaeger received']) expect(text).toContain(part);
  });
});

describe('the panel', () => {
  const transcript: Transcript = { formatVersion: 1, block: 'day-1/x#by-peer', key: 'abcdef0123456789', uses: { datasets: ['checkout-lag'], backends: ['prometheus'] }, dataset: 'checkout-lag', backends: [{ name: 'prometheus', version: '3.14.0' }], output: outputs.peerVector };
  it('begins with who answered and when, and ends with how it was verified', () => {
    const text = textOf(toHtml(renderReading(transcript, contextOf({ attributes: new Map([attribute('expect', 'all > 0')]) }))));
    expect(text).toMatch(/^14:10 Prometheus 3\.14\.0 answered at 14:10 UTC, 11 Mar 2026/);
    expect(text).toContain('● ran');
    expect(text).toContain('The text relies on: all > 0.');
    expect(text).toContain('npm run verify -- day-1/x');
  });
  it('names one backend and no time for a question to a live service', () => {
    const live = { ...transcript, dataset: undefined, backends: [{ name: 'sandbox', version: '24.21.0' }, ...transcript.backends] };
    expect(textOf(toHtml(renderReading(live, contextOf({ dataset: undefined }))))).toMatch(/^Prometheus 3\.14\.0 answered peer/);
  });
  it('names the services that commands asked, and when; commands that asked nobody ran at no time', () => {
    const ran = { ...transcript, backends: [{ name: 'sandbox', version: '24.21.0' }, ...transcript.backends], output: { kind: 'process', stdout: '4\n', stderr: '', exitCode: 0 } as const };
    const context = contextOf({ language: 'sh', attributes: new Map([attribute('at', '14:05')]) });
    const text = textOf(toHtml(renderReading(ran, context)));
    expect(text).toMatch(/^Prometheus 3\.14\.0 answered at 14:05 UTC, 11 Mar 2026/);
    expect(text).toContain('Prometheus 3.14.0 answered them over the dataset checkout-lag, at 14:05 UTC of 11 Mar 2026: there, that is now.');
    expect(textOf(toHtml(renderReading({ ...ran, backends: ran.backends.slice(0, 1) }, context)))).toMatch(/^bash ran it 4/);
  });
  it('marks what the checker refuses as wrong, also when it ran', () => {
    const ran = { ...transcript, output: { kind: 'process', stdout: 'Error', stderr: '', exitCode: 0 } as const };
    const html = toHtml(renderReading(ran, contextOf({ language: 'ts', attributes: new Map([attribute('rejects', 'TS2769')]) })));
    expect(html).toContain('is-wrong');
    expect(textOf(html)).toContain('✕ wrong on purpose');
  });
  it('marks a refusal as wrong on purpose', () => {
    expect(textOf(toHtml(renderReading({ ...transcript, output: outputs.rejection }, contextOf())))).toContain('✕ wrong on purpose');
  });
  it('refuses a view that cannot show the answer', () => {
    expect(() => show(outputs.peerVector, {}, 'chart')).toThrow('view="chart" shows matrix answers, but this block\'s answer is of kind vector');
  });
});
