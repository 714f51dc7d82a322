import type { RunResult } from '../../model/backend.ts';
import type { Block } from '../../model/block.ts';
import { HarnessError } from '../../model/verdict.ts';
import { attributeText, parseDurationMs, wholeBlock, type QueryTime } from '../answers.ts';
import { queryJaeger } from '../jaeger.ts';
import { queryLoki } from '../loki.ts';
import { queryPrometheus } from '../prometheus.ts';
import { TENANT, type LiveStack } from './stack.ts';

/** Rules of blocks that continue a live one. */
export const continueRules = {
  'nothing-to-continue': { level: 'error', summary: 'The live block that this one continues gave no answer.' },
} as const;

const STEP_MS = 1_000;

/** The time of a live block, by its own backends' clock. */
export interface LiveTimes {
  readonly startMs: number;
  /** Of its last scrape: an instant query asked later would find a service that is gone. */
  readonly atMs: number;
  readonly endMs: number;
}

/**
 * Asks a query block of the backends that watched the live block it continues: metrics as of its last scrape, log lines and
 * traces of its whole life.
 * @param times undefined when the live block did not get as far as having something to ask
 * @throws HarnessError `checker-crashed` on a language that planning should have refused
 */
export async function answerContinuing(stack: LiveStack, times: LiveTimes | undefined, block: Block, signal: AbortSignal): Promise<RunResult> {
  if (times === undefined) return tellNothingToContinue(block);
  switch (block.language) {
    case 'promql': return queryPrometheus(stack.prometheusUrl, block, timeOf(block, times.atMs), signal);
    case 'logql': return queryLoki(stack.lokiUrl, block, isLogQuery(block.text) ? { atMs: times.endMs, window: { ...times, stepMs: STEP_MS } } : timeOf(block, times.endMs), TENANT, signal);
    case 'jaeger': return queryJaeger(stack.jaegerUrl, block, times, signal);
    default: throw new HarnessError('checker-crashed', `a ${block.language} block cannot continue a live one, but planning let it pass`);
  }
}

/** The answer of a block whose live block has none. */
export function tellNothingToContinue(block: Block): RunResult {
  const name = attributeText(block, 'continues') ?? '';
  return { block, output: undefined, elapsedMs: 0, findings: [wholeBlock(block, 'nothing-to-continue', `Found nothing to ask: the live block "${name}" did not pass, expected it to before this one continues it. Mend "${name}" first.`)] };
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
