import { setTimeout as delay } from 'node:timers/promises';
import type { StartedContainer } from '../../model/backend.ts';
import type { Labels } from '../../model/dataset.ts';
import type { Delivery } from '../../model/transcript.ts';
import { HarnessError } from '../../model/verdict.ts';
import { roundValue, sortLabels } from '../answers.ts';
import { toTraces, type RawTrace } from '../jaeger/answer.ts';
import { askFrom } from '../trial/ask.ts';
import { describeGiven } from './give.ts';
import type { Plan, Way } from './plan.ts';
import type { Services, Surroundings } from './services.ts';

const POLL_MS = 250;
/** The longest wait that is left in a Collector is a second; what comes, has come when nothing was added for this long. */
const QUIET_MS = 4_000;
/** After this, what is not there will not come. */
const TIMEOUT_MS = 20_000;
/** Labels that tell when or in which process, not what. */
const VOLATILE = /^(?:observed_timestamp|service_instance_id|collector_instance_id|instance_id)$/;

interface Asked extends Surroundings {
  readonly services: Services;
  readonly collector: StartedContainer;
  readonly signal: AbortSignal;
}

/** Asks behind every way until all of them have something and nothing more comes. @returns one delivery a way, in order of the plan @throws HarnessError */
export async function collect(asked: Asked, plan: Plan): Promise<Delivery[]> {
  const startedMs = performance.now();
  let last = '';
  let lastMs = startedMs;
  for (;;) {
    const found = await Promise.all(plan.ways.map((way) => findBehind(asked, way)));
    const nowMs = performance.now();
    if (JSON.stringify(found) !== last) [last, lastMs] = [JSON.stringify(found), nowMs];
    const isWhole = found.every((lines) => lines.length > 0);
    if (nowMs - lastMs >= QUIET_MS && (isWhole || nowMs - startedMs >= TIMEOUT_MS)) {
      return plan.ways.map(({ exporter, signal, kind, from }, index) => ({ signal, given: describeGiven(plan, signal, from), at: exporter, to: kind, found: found[index] ?? [] }));
    }
    await delay(POLL_MS, undefined, { signal: asked.signal });
  }
}

async function findBehind({ probe, services, collector, signal }: Asked, { exporter, signal: what, kind, host, port }: Way): Promise<string[]> {
  switch (kind) {
    case 'its own log': return countLogged(await collector.logTail(2_000), exporter, what);
    case 'another Collector': return countLogged(await services.sink?.logTail(2_000) ?? '', `debug/${port}`, what);
    case 'Jaeger': return what !== 'traces' || !isReachable(host) ? [] : findSpans(probe, host, signal);
    case 'Loki': return what !== 'logs' || !isReachable(host) ? [] : findLines(probe, host, signal);
    case 'Prometheus': return what !== 'metrics' || !isReachable(host) ? [] : findSeries(probe, host, signal);
  }
}

const isReachable = (host: string): boolean => host !== '' && host !== 'localhost' && !/^[\d.]+$/.test(host);

/** `debug` writes how many it got, batch by batch. */
function countLogged(log: string, exporter: string, what: Way['signal']): string[] {
  const noun = { traces: 'spans', metrics: 'metrics', logs: 'log records' }[what];
  const counts = [...log.matchAll(/\t(?:Traces|Metrics|Logs)\t(\{.*\})/g)].flatMap(([, json = '{}']) => {
    const fields = JSON.parse(json) as Readonly<Record<string, unknown>>;
    return fields['otelcol.component.id'] === exporter && noun in fields ? [Number(fields[noun])] : [];
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  // What is scraped or counted comes again and again: how often says nothing.
  return total === 0 ? [] : [what === 'metrics' ? noun : `${total} ${noun}`];
}

async function findSpans(probe: StartedContainer, host: string, signal: AbortSignal): Promise<string[]> {
  const { data: names } = await askJson<{ data: readonly string[] | null }>(probe, `http://${host}:16686/api/services`, {}, signal);
  const answers = await Promise.all((names ?? []).map((service) => askJson<{ data: readonly RawTrace[] }>(probe, `http://${host}:16686/api/traces`, { service, lookback: '1h', limit: '50' }, signal)));
  const spans = toTraces(answers.flatMap(({ data }) => data)).traces.flatMap((trace) => trace.spans);
  return spans.map(({ service, operation, failed, attributes }) => `${service}: ${operation}${failed ? ', failed' : ''} ${print(Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)])))}`).sort();
}

async function findLines(probe: StartedContainer, host: string, signal: AbortSignal): Promise<string[]> {
  const { data } = await askJson<{ data: { result: readonly { stream: Labels; values: readonly (readonly [string, string])[] }[] } }>(probe, `http://${host}:3100/loki/api/v1/query_range`, { query: '{service_name=~".+"}', since: '1h', limit: '100' }, signal);
  return data.result.flatMap(({ stream, values }) => values.map(([, line]) => `${print(stream)} ${line.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')}`)).sort();
}

async function findSeries(probe: StartedContainer, host: string, signal: AbortSignal): Promise<string[]> {
  const { data } = await askJson<{ data: { result: readonly { metric: Labels; value: readonly [number, string] }[] } }>(probe, `http://${host}:9090/api/v1/query`, { query: '{__name__=~".+"}' }, signal);
  // How long a scrape took is another each time.
  return data.result.filter(({ metric }) => !/^scrape_(?:duration_seconds|samples_)|^scrape_series_added/.test(metric['__name__'] ?? ''))
    .map(({ metric: { __name__: name = '', ...labels }, value }) => `${name}${print(labels)} ${roundValue(value[1])}`).sort();
}

function print(labels: Labels): string {
  return `{${Object.entries(sortLabels(labels)).filter(([name]) => !VOLATILE.test(name)).map(([name, value]) => `${name}="${value.replace(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, '<id>')}"`).join(', ')}}`;
}

async function askJson<T>(probe: StartedContainer, url: string, parameters: Readonly<Record<string, string>>, signal: AbortSignal): Promise<T> {
  const { status, body } = await askFrom(probe, url, { parameters }, signal);
  if (status !== 200) throw new HarnessError('backend-lost', `${url} answered ${status}: ${body.slice(0, 400)}`);
  return JSON.parse(body) as T;
}

/** Why an exporter sent nothing, in its own words; undefined when its log has none. @param log of the Collector */
export function readFailure(log: string, exporter: string): string | undefined {
  const lines = log.split('\n').filter((line) => line.includes(`"otelcol.component.id": ${JSON.stringify(exporter)}`) || line.includes(`"otelcol.component.id":${JSON.stringify(exporter)}`));
  const said = lines.flatMap((line) => /"error":\s*("(?:[^"\\]|\\.)*")/.exec(line)?.[1] ?? []).map((json) => JSON.parse(json) as string).at(-1);
  // Addresses are others each time.
  return said?.replaceAll(/\b\d+\.\d+\.\d+\.\d+(?=:\d)/g, '<address>').replaceAll(/(?:<address>|\[?::1\]?):[3-6]\d{4}->/g, '').trim();
}
