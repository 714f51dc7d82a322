import type { Labels } from '../../model/dataset.ts';
import type { ServiceOutput } from '../../model/transcript.ts';
import { compareLabels, getJson, roundValue, sortLabels } from '../answers.ts';
import { HarnessError } from '../../model/verdict.ts';

/** Names that say something about the process or the scrape, not about the service. */
export const PROCESS_METRICS = /^(process_|nodejs_|python_|scrape_)/;
const SERIES = '__name__!~"scrape_.*|process_.*|nodejs_.*|python_.*"';

interface Matrix {
  readonly data: { readonly result: readonly { readonly metric: Labels; readonly values: readonly (readonly [seconds: number, value: string])[] }[] };
}
/** How far a live block's scraping has come. */
export interface ScrapeProgress {
  readonly kind: 'waiting' | 'settled' | 'refused' | 'nothing-exposed' | 'never-settles';
  readonly scrapes: number;
  /** Of the last scrape. */
  readonly atMs: number;
  /** Why Prometheus could not scrape, in its own words. */
  readonly lastError: string;
}

/** A service may need a moment before it listens, and another until we hear that it ended: so many more scrapes may fail to reach it. */
const GRACE_SCRAPES = 12;
const NOT_LISTENING = /connection (?:refused|reset)|\bEOF\b|no such host|server misbehaving|no route to host|i\/o timeout|deadline exceeded/;
/**
 * So many scrapes in a row must find the same. Two are not enough: on a machine that stands still for a tenth of a second, the second follows
 * sooner than its interval says, and both fall into one pause of the traffic.
 */
const QUIET_SCRAPES = 3;
/** Traffic of a live block is over within seconds; on a machine that is given a third of its time, within three times as many, and the pauses between. */
const MAX_EXTRA_SCRAPES = 60;

/**
 * Settled: at least `wanted` scrapes succeeded, and the last QUIET_SCRAPES found the same values in every series of the service's own,
 * so that its traffic is over and the answer does not depend on when we looked.
 * @param sinceMs when the service was started: what was scraped before says nothing about it
 */
export async function readProgress(url: string, job: string, wanted: number, sinceMs: number, signal: AbortSignal): Promise<ScrapeProgress> {
  // In one answer: on a slow machine another scrape would come between two.
  const all = await query(url, `{job="${job}",${SERIES}}[10m]`, signal);
  const up = all.find(({ metric }) => metric['__name__'] === 'up');
  const samples = (up?.values ?? []).filter((sample) => toMs(sample) >= sinceMs);
  const scrapes = samples.filter(([, value]) => value === '1').length;
  const atMs = toMs(samples.at(-1));
  const progress = (kind: ScrapeProgress['kind'], lastError = ''): ScrapeProgress => ({ kind, scrapes, atMs, lastError });
  const failed = samples.length - 1 - samples.findLastIndex(([, value]) => value === '1');
  if (failed > 0) {
    const lastError = failed < wanted ? '' : await readLastError(url, job, signal);
    const refused = failed >= wanted && lastError !== '' && (!NOT_LISTENING.test(lastError) || failed >= wanted + GRACE_SCRAPES);
    return progress(refused ? 'refused' : 'waiting', lastError);
  }
  if (scrapes < Math.max(wanted, QUIET_SCRAPES)) return progress('waiting');
  const own = all.filter((series) => series !== up);
  if (own.length === 0) return progress('nothing-exposed');
  const settled = own.every(({ values }) => values.length >= QUIET_SCRAPES && toMs(values.at(-1)) === atMs && new Set(values.slice(-QUIET_SCRAPES).map(([, value]) => value)).size === 1);
  if (settled) return progress('settled');
  return progress(scrapes >= wanted + MAX_EXTRA_SCRAPES ? 'never-settles' : 'waiting');
}

function toMs(sample: readonly [seconds: number, value: string] | undefined): number {
  return Math.round((sample?.[0] ?? 0) * 1000);
}

async function query(url: string, expression: string, signal: AbortSignal): Promise<Matrix['data']['result']> {
  const answer = await getJson<Matrix>(`${url}/api/v1/query`, { query: expression }, signal);
  if (!answer.ok) throw new HarnessError('backend-lost', `Prometheus refused our own query ${expression}: ${answer.message}`);
  return answer.value.data.result;
}

async function readLastError(url: string, job: string, signal: AbortSignal): Promise<string> {
  const answer = await getJson<{ data: { activeTargets: readonly { labels: Labels; lastError: string }[] } }>(`${url}/api/v1/targets`, { state: 'active' }, signal);
  if (!answer.ok) throw new HarnessError('backend-lost', `Prometheus did not list its targets: ${answer.message}`);
  return answer.value.data.activeTargets.find((target) => target.labels['job'] === job)?.lastError ?? '';
}

/** All series of the job at a scrape's time but those about the process. */
export async function readSeries(url: string, job: string, atMs: number, signal: AbortSignal): Promise<ServiceOutput['series']> {
  const answer = await getJson<{ data: { result: readonly { metric: Labels; value: readonly [number, string] }[] } }>(
    `${url}/api/v1/query`, { query: `{job="${job}"}`, time: String(atMs / 1000) }, signal);
  if (!answer.ok) throw new HarnessError('backend-lost', `Prometheus refused to list the series of ${job}: ${answer.message}`);
  return answer.value.data.result
    .filter(({ metric }) => !PROCESS_METRICS.test(metric['__name__'] ?? ''))
    .map(({ metric, value }) => ({ labels: sortLabels(metric), value: roundValue(value[1]) }))
    .sort((left, right) => compareLabels(left.labels, right.labels));
}
