import type { RunResult } from '../../model/backend.ts';
import type { Block } from '../../model/block.ts';
import type { Finding } from '../../model/checker.ts';
import { HarnessError } from '../../model/verdict.ts';
import { attributeText, getJson, parseDurationMs, wholeBlock, type QueryTime } from '../answers.ts';
import { queryJaeger } from '../jaeger.ts';
import { TENANT } from '../live/stack.ts';
import { queryLoki } from '../loki.ts';
import { queryPrometheus } from '../prometheus.ts';
import { scaleWindows, type LiveClock } from './clock.ts';
import { readClock } from './plan.ts';
import type { Shop } from './shop.ts';

/** A live run that is over, and how its time goes. */
export interface LivedRun {
  readonly shop: Shop;
  readonly clock: LiveClock;
  readonly scale: number;
  /** When the first request was sent, and when the last. */
  readonly beganMs: number;
  readonly endedMs: number;
  /** Of the incident's day. */
  readonly dayStartMs: number;
}
/** Rates have something to say from then on. */
const WARM_UP_MS = 3_000;
const STEP_MS = 1_000;
/** A scaled range of logs or traces is not shorter: seldom things would fall beside it. */
const MIN_RANGE_MS = 10_000;

/** Asks what a claim of the incident asks, of what the live services left. `at` stands in for the block's own. */
export async function answerClaim(run: LivedRun, block: Block, at: string | undefined, signal: AbortSignal): Promise<RunResult> {
  const result = await ask(run, block, at, signal);
  return { ...result, block, findings: result.findings.map((finding) => ({ ...finding, block })) };
}

async function ask(run: LivedRun, block: Block, at: string | undefined, signal: AbortSignal): Promise<RunResult> {
  const { shop, scale } = run;
  const clock = at ?? attributeText(block, 'at');
  const atMs = clock === undefined ? run.endedMs : run.clock.toLive(readClock(clock, run.dayStartMs));
  const scaled = { ...block, text: scaleWindows(block.text, scale) };
  switch (block.language) {
    case 'promql': return queryPrometheus(shop.prometheusUrl, scaled, timeOf(run, block, atMs), signal);
    case 'logql': return queryLoki(shop.lokiUrl, scaled, /^[\s(]*\{/.test(block.text) ? { atMs, window: windowOf(run, block, atMs) } : { atMs, window: undefined }, TENANT, signal);
    case 'jaeger': return queryJaeger(shop.jaegerUrl, block, windowOf(run, block, atMs), signal);
    default: return answerAlert(run, block, signal);
  }
}

function timeOf(run: LivedRun, block: Block, atMs: number): QueryTime {
  const rangeMs = parseDurationMs(attributeText(block, 'range') ?? '');
  if (rangeMs === undefined) return { atMs, window: undefined };
  return { atMs, window: { startMs: Math.max(atMs - rangeMs / run.scale, run.beganMs + WARM_UP_MS), endMs: atMs, stepMs: STEP_MS } };
}
function windowOf(run: LivedRun, block: Block, atMs: number): NonNullable<QueryTime['window']> {
  const rangeMs = parseDurationMs(attributeText(block, 'range') ?? '');
  const startMs = rangeMs === undefined ? run.beganMs : Math.max(run.beganMs, Math.round(atMs - Math.max(rangeMs / run.scale, MIN_RANGE_MS)));
  return { startMs, endMs: atMs, stepMs: STEP_MS };
}

/** Whether Prometheus itself said `firing` at any evaluation of the run. */
async function answerAlert({ shop, beganMs, endedMs }: LivedRun, block: Block, signal: AbortSignal): Promise<RunResult> {
  const startedMs = performance.now();
  const [fires, never] = [attributeText(block, 'fires'), attributeText(block, 'never')];
  const query = `ALERTS{alertname="${fires ?? never ?? ''}",alertstate="firing"}[${endedMs - beganMs}ms]`;
  const answer = await getJson<{ readonly data: { readonly result: readonly unknown[] } }>(`${shop.prometheusUrl}/api/v1/query`, { query, time: String(endedMs / 1000) }, signal);
  // No answer is no silence.
  if (!answer.ok) throw new HarnessError('backend-lost', `Prometheus did not say whether ${fires ?? never} fired: ${answer.message}`);
  const fired = answer.value.data.result.length > 0;
  const findings: readonly Finding[] = fired === (fires !== undefined) ? [] : fires === undefined
    ? [wholeBlock(block, 'fired-but-never', `Found ${never} firing in the live run, expected it to be quiet. Look at its threshold, or say in the incident that it fires.`)]
    : [wholeBlock(block, 'never-fired', `Found ${fires} quiet all through the live run, expected it to fire. Its windows and \`for\` are scaled with the run: look at its threshold, and at the traffic in snippets/technow/live.yaml.`)];
  return { block, output: undefined, findings, elapsedMs: performance.now() - startedMs };
}
