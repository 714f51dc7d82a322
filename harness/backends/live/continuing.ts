import type { RunResult } from '../../model/backend.ts';
import type { Block } from '../../model/block.ts';
import { attributeText, parseDurationMs, wholeBlock, type QueryTime } from '../answers.ts';
import { queryJaeger } from '../jaeger.ts';
import { queryLoki } from '../loki.ts';
import { queryPrometheus } from '../prometheus.ts';
import { TENANT, type LiveStack } from './stack.ts';

const STEP_MS = 1_000;

/** The time of a live block, by its own backends' clock. */
export interface LiveTimes {
  readonly startMs: number;
  /** Of its last scrape: an instant query asked later would find a service that is gone. */
  readonly atMs: number;
  readonly endMs: number;
}

/** Asks a query that continues a live block of that block's backends: metrics as of its last scrape, log lines and traces of its whole life. */
export function answerContinuing(stack: LiveStack, times: LiveTimes, block: Block, signal: AbortSignal): Promise<RunResult> {
  if (block.language === 'promql') return queryPrometheus(stack.prometheusUrl, block, timeOf(block, times.atMs), signal);
  if (block.language === 'jaeger') return queryJaeger(stack.jaegerUrl, block, times, signal);
  return queryLoki(stack.lokiUrl, block, isLogQuery(block.text) ? { atMs: times.endMs, window: { ...times, stepMs: STEP_MS } } : timeOf(block, times.endMs), TENANT, signal);
}

function timeOf(block: Block, atMs: number): QueryTime {
  const rangeMs = parseDurationMs(attributeText(block, 'range') ?? '');
  const stepMs = parseDurationMs(attributeText(block, 'step') ?? '') ?? STEP_MS;
  return { atMs, window: rangeMs === undefined ? undefined : { startMs: atMs - rangeMs, endMs: atMs, stepMs } };
}

/** A log query begins with its stream selector, a metric query with a function. */
function isLogQuery(text: string): boolean {
  return /^[\s(]*\{/.test(text.replaceAll(/^\s*#.*$/gm, ''));
}

export function explainUnanswered(block: Block): RunResult {
  const message = `continues ${attributeText(block, 'continues')}, which did not get as far as having something to ask. Mend that block first.`;
  return { block, output: undefined, findings: [wholeBlock(block, 'continued-failed', message)], elapsedMs: 0 };
}
