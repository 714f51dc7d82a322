import type { Labels } from '../../model/dataset.ts';
import type { VectorOutput } from '../../model/transcript.ts';
import { HarnessError } from '../../model/verdict.ts';
import { compareLabels, getJson, roundValue, sortLabels } from '../answers.ts';
import { pollUntil } from '../live/poll.ts';
import { BLOCK_LABEL } from './target.ts';

const TIMEOUT_MS = 30_000;
/** Not about the page: the server did not answer yet, or too slowly. */
const NOT_SERVED = /connection refused|no such host|server misbehaving|no route to host|i\/o timeout|deadline exceeded/;
/** What Prometheus adds to a scrape and that differs from one to the next, or says nothing here. */
const ABOUT_SCRAPE = /^scrape_(?!samples_scraped$)/;

interface Series {
  readonly metric: Labels;
  readonly values?: readonly (readonly [seconds: number, value: string])[];
  readonly histograms?: readonly unknown[];
}
/** What a real Prometheus made of one page. */
export type Scrape =
  | { readonly kind: 'refused'; readonly message: string }
  | {
    readonly kind: 'stored';
    readonly output: VectorOutput;
    /** Values that it read, and those of them that it stored. */
    readonly read: number;
    readonly kept: number;
  };

/**
 * Waits for the first scrape of a page and reads what came of it.
 * @param page as in the scrape configuration
 * @throws HarnessError `timed-out`, `cancelled`, `backend-lost`
 */
export async function readScrape(url: string, page: number, signal: AbortSignal): Promise<Scrape> {
  const selector = `{${BLOCK_LABEL}="${page}"}`;
  return pollUntil(`Prometheus to scrape page ${page}`, TIMEOUT_MS, signal, async (): Promise<Scrape | undefined> => {
    const [up] = await query(url, `up${selector}[10m]`, signal);
    const first = up?.values?.find(([, value]) => value === '1');
    if (first !== undefined) return readStored(url, selector, first[0], signal);
    const message = up === undefined ? '' : await readLastError(url, page, signal);
    return message === '' || NOT_SERVED.test(message) ? undefined : { kind: 'refused', message };
  });
}

async function readStored(url: string, selector: string, at: number, signal: AbortSignal): Promise<Scrape> {
  // Some values carry times of their own, a little ahead or years ago.
  const all = await query(url, `${selector}[3650d]`, signal, at + 600);
  const told = all.filter(({ metric }) => !ABOUT_SCRAPE.test(metric['__name__'] ?? ''));
  const samples = told.map(({ metric, values = [] }) => ({ labels: withoutOurs(metric), value: roundValue(values.at(-1)?.[1] ?? 'NaN') }));
  const own = told.filter(({ metric }) => !['up', 'scrape_samples_scraped'].includes(metric['__name__'] ?? ''));
  // A value without a time of its own is there once for each scrape. Their times come with the values: the next scrape may have been since the last question.
  const scrapes = (told.find(({ metric }) => metric['__name__'] === 'up')?.values ?? []).map(([seconds]) => seconds);
  const kept = own.flatMap(({ values = [] }) => values).filter(([seconds]) => seconds === at || !scrapes.includes(seconds)).length;
  return {
    kind: 'stored',
    output: { kind: 'vector', atMs: Math.round(at * 1000), samples: samples.sort((left, right) => compareLabels(left.labels, right.labels)) },
    read: Number(samples.find(({ labels }) => labels['__name__'] === 'scrape_samples_scraped')?.value),
    kept,
  };
}

function withoutOurs(labels: Labels): Labels {
  return sortLabels(Object.fromEntries(Object.entries(labels).filter(([name]) => name !== BLOCK_LABEL)));
}

async function query(url: string, expression: string, signal: AbortSignal, seconds?: number): Promise<readonly Series[]> {
  const answer = await getJson<{ data: { result: readonly Series[] } }>(`${url}/api/v1/query`, { query: expression, ...(seconds === undefined ? {} : { time: String(seconds) }) }, signal);
  if (!answer.ok) throw new HarnessError('backend-lost', `Prometheus refused our own query ${expression}: ${answer.message}`);
  return answer.value.data.result;
}

async function readLastError(url: string, page: number, signal: AbortSignal): Promise<string> {
  const answer = await getJson<{ data: { activeTargets: readonly { labels: Labels; lastError: string }[] } }>(`${url}/api/v1/targets`, { state: 'active' }, signal);
  if (!answer.ok) throw new HarnessError('backend-lost', `Prometheus did not list its targets: ${answer.message}`);
  return answer.value.data.activeTargets.find(({ labels }) => labels[BLOCK_LABEL] === String(page))?.lastError ?? '';
}
