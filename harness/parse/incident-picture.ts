import type { Attribute, Block } from '../model/block.ts';
import type { NonEmpty, Place } from '../model/place.ts';
import type { BlockLine } from '../model/block.ts';
import { blockId } from './block.ts';

/** Lines of the picture, by the label `line`: each is drawn with its own unit. */
export const PICTURE = 'picture';

/** About as many points as a chart of a page's width can show. */
const POINTS = 100;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * The one question that every incident is asked, whatever it expects: what its users saw at the gateway, and how full the pools were, over
 * the whole of it. So the picture on its page is an answer of the real Prometheus like any other. It stands at the file's title; undefined
 * where the file does not say how long it is.
 * @param hasPool whether any service of the incident, or of the shop that it builds on, has a database
 */
export function pictureOf(page: string, place: Place, fields: Readonly<Record<string, unknown>>, hasPool: boolean): Block | undefined {
  const durationS = secondsOf(fields['duration']);
  const scrapeS = secondsOf(fields['scrape_every']);
  if (durationS === undefined || scrapeS === undefined) return undefined;
  const stepS = scrapeS * Math.max(1, Math.ceil(durationS / scrapeS / POINTS));
  const window = `${Math.max(4 * scrapeS, stepS)}s`;
  const lines = [
    named('requests', [`sum(rate(http_requests_total{service="gateway"}[${window}]))`]),
    // Of native histograms: the few bounds of the classic ones would draw steps that the shop never took.
    ...[0.5, 0.99].map((quantile) => named(`p${quantile * 100}`, [`histogram_quantile(${quantile}, sum(`, `  rate(http_request_duration_seconds{service="gateway"}[${window}])))`])),
    named('failed', [`sum(rate(http_requests_total{service="gateway", status=~"5.."}[${window}]))`, '/', `sum(rate(http_requests_total{service="gateway"}[${window}]))`]),
    ...(hasPool ? [named('pool', [`max(max_over_time(db_pool_connections_active[${window}])`, '/', `db_pool_connections_max)`])] : []),
  ];
  const text = lines.join('\nor\n');
  const attributes = new Map(Object.entries({ name: PICTURE, range: `${durationS}s`, step: `${stepS}s` }).map(([name, value]): [string, Attribute] => [name, { name, value, place }]));
  const at = { file: place.file, ...place.start, shown: true };
  const places = text.split('\n').map((): BlockLine => at) as unknown as NonEmpty<BlockLine>;
  return { id: blockId(page, PICTURE), page, language: 'promql', title: undefined, name: PICTURE, ordinal: 0, text, shownText: text, lines: places, source: undefined, attributes, fence: place };
}

function named(line: string, query: readonly string[]): string {
  return `label_replace(\n  ${query.join('\n  ')},\n  "line", "${line}", "", "")`;
}

/** Whole seconds of `15s`, `35m`, `4d`; undefined for anything else. */
function secondsOf(text: unknown): number | undefined {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(s|m|h|d)$/.exec(String(text)) ?? [];
  const seconds = Number(count) * (SECONDS[unit ?? ''] ?? NaN);
  return Number.isInteger(seconds) && seconds > 0 ? seconds : undefined;
}
