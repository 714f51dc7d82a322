import { describe, expect, it } from 'vitest';
import type { Transcript } from '../../harness/model/transcript.ts';
import { renderReading, toHtml } from '../../docs/readings/index.ts';
import { formatWithUnit } from '../../docs/readings/dashboard.ts';
import * as outputs from './fixtures/outputs.ts';
import { contextOf, show, textOf } from './fixtures/show.ts';

describe('configurations', () => {
  it('says who was told how often and by what, what was kept back, and what nobody hears of', () => {
    const html = show(outputs.routing);
    const text = textOf(html);
    expect(text).toMatch(/^receiver by firing resolved oncall PagerDuty and Slack 1 1 tickets e-mail 0 0 nobody – tells nobody 0 0 /);
    expect(text).toContain('PoolFull {severity="ticket"} was kept back while HighLatencyP99 fired.');
    expect(text).toContain('Deployed {severity="info"} ended at nobody .');
    expect(text).toContain('2 messages AM');
    expect(html.match(/<article/g)).toHaveLength(2);
  });
  it('says what was replaced, and what was not', () => {
    const transcript: Transcript = { formatVersion: 1, block: 'day-1/x#routing', key: 'abcdef0123456789', uses: { datasets: ['checkout-lag'], backends: ['alertmanager'] }, dataset: 'checkout-lag', backends: [{ name: 'alertmanager', version: '0.31.1' }], output: outputs.routing };
    const text = textOf(toHtml(renderReading(transcript, contextOf({ language: 'yaml' }))));
    expect(text).toMatch(/^Alertmanager 0\.31\.1 routed the alerts first at 14:08:30 UTC, 11 Mar 2026/);
    expect(text).toContain('in place of PagerDuty, Slack and e-mail, a webhook of ours was called. Of the rest only group_wait and group_interval were shortened');
    const loaded: Transcript = { ...transcript, uses: { datasets: [], backends: ['prometheus-config'] }, dataset: undefined, backends: [{ name: 'prometheus', version: '3.14.0' }], output: outputs.configuration };
    const said = textOf(toHtml(renderReading(loaded, contextOf({ language: 'yaml', dataset: undefined }))));
    expect(said).toMatch(/^Prometheus 3\.14\.0 loaded it job fetches/);
    expect(said).toContain('Nothing was fetched from the addresses.');
  });
  it('shows what Prometheus fetches, evaluates and notifies', () => {
    const text = textOf(show(outputs.configuration));
    expect(text).toContain('job fetches adds every checkout http://checkout:8080/metrics service="checkout" 15s checkout 2 dropped by relabelling – 15s empty no target – 1m ');
    expect(text).toContain('Rules that it evaluates rule from every HighLatencyP99 rules/checkout.rules.yml 15s');
    expect(text).toContain('Sends alerts to http://alertmanager:9093/api/v2/alerts .');
    expect(textOf(show({ kind: 'configuration', jobs: [], ruleGroups: [], alertmanagers: [] }))).toBe('It started, and has nothing to fetch or to evaluate.');
  });
});

describe('dashboards', () => {
  it('shows each panel as it opens, in its unit, and folds other choices', () => {
    const html = show(outputs.board);
    const [opened, others] = html.split('<details');
    expect(textOf(opened ?? '')).toBe('panel series last value Slowest Slowest 42.4 ms Requests ok 2.82 req/s {status="500"} 0 req/s Memory no data, as it may be – Lines last: {"level":"warn"} 3 lines Traces not asked: jaeger is not asked – Choices of service : checkout, gateway.');
    expect(textOf(`<details${others ?? ''}`)).toBe('With other choices panel series last value Slowest, service=gateway Slowest 2.83 s');
  });
  it('says who answered, over which time', () => {
    const transcript: Transcript = { formatVersion: 1, block: 'day-1/x#board', key: 'abcdef0123456789', uses: { datasets: ['checkout-lag'], backends: ['dashboard'] }, dataset: 'checkout-lag', backends: [{ name: 'prometheus', version: '3.14.0' }, { name: 'loki', version: '3.7.6' }], output: outputs.board };
    const text = textOf(toHtml(renderReading(transcript, contextOf({ language: 'json' }))));
    expect(text).toMatch(/^Prometheus 3\.14\.0 and Loki 3\.7\.6 answered its panels 13:55 to 14:10 UTC, 11 Mar 2026/);
    expect(text).toContain('A panel without data would fail.');
  });
  it.each([['0.5', 's', '500\u00a0ms'], ['90', 's', '90\u00a0s'], ['1500', 'ms', '1.50\u00a0s'], ['0.125', 'percentunit', '12.5\u00a0%'], ['12.5', 'percent', '12.5\u00a0%'], ['2097152', 'bytes', '2\u00a0MiB'], ['0', 'bytes', '0\u00a0B'], ['1500', 'Bps', '1.50\u00a0kB/s'], ['3', 'suffix: orders', '3\u00a0orders'], ['3', undefined, '3'], ['NaN', 's', 'NaN']])('writes %s in %s as %s', (value, unit, wanted) => {
    expect(formatWithUnit(value, unit)).toBe(wanted);
  });
});

describe('rules of Loki\'s ruler', () => {
  it('are not said to have been evaluated by Prometheus', () => {
    const transcript: Transcript = { formatVersion: 1, block: 'day-2/x#logs', key: 'abcdef0123456789', uses: { datasets: ['checkout-lag'], backends: ['loki-rules'] }, dataset: 'checkout-lag', backends: ['loki', 'prometheus', 'alertmanager'].map((name) => ({ name, version: '1' })), output: outputs.alertRules };
    const text = textOf(toHtml(renderReading(transcript, contextOf({ language: 'yaml' }))));
    expect(text).toContain('Loki answered the expression over the dataset checkout-lag at every step');
    expect(text).toContain('Loki\'s own ruler carried it there once');
  });
});

describe('a Compose file that was started', () => {
  it('shows each service with what it was asked and its ports, and what Prometheus fetches', () => {
    const text = textOf(show(outputs.composed));
    expect(text).toContain('service image state asked ports prometheus prom/prometheus:v3.14.0 ready GET :9090/-/ready: 200 127.0.0.1:9090 → 9090 answers, 9999 (not asked) jaeger jaegertracing/jaeger:2.13.0 running – –');
    expect(text).toContain('What Prometheus fetches job fetches is self http://localhost:9090/metrics up checkout http://checkout:8080/metrics outside of this file: not there');
  });
  it('says who started from it, and what was not as it would be', () => {
    const transcript: Transcript = { formatVersion: 1, block: 'day-1/x#stack', key: 'abcdef0123456789', uses: { datasets: [], backends: ['compose-run'] }, dataset: undefined, backends: [{ name: 'prometheus', version: '3.14.0' }, { name: 'jaeger', version: '2.13.0' }], output: outputs.composed };
    const said = textOf(toHtml(renderReading(transcript, contextOf({ language: 'yaml', dataset: undefined }))));
    expect(said).toMatch(/^Prometheus 3\.14\.0 and Jaeger 2\.13\.0 started from it service image/);
    expect(said).toContain('Only waiting times and the intervals between scrapes were shortened.');
  });
});

describe('a configuration that was tried', () => {
  it('shows what is in force, what was handed in, and what came out or did not', () => {
    const text = textOf(show(outputs.trial));
    expect(text).toContain('key in force limits_config.retention_period 744h');
    expect(text).toContain('2 lines pushed as {service_name="checkout"} ; asked {service_name="checkout"}: {service_name="checkout"} paid');
    expect(text).toContain('1 trace by OTLP ; Jaeger: nothing came.');
  });
});
