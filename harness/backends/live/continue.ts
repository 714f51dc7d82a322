import type { RunRequest, RunResult } from '../../model/backend.ts';
import type { Block } from '../../model/block.ts';
import { HarnessError } from '../../model/verdict.ts';
import { attributeText, parseDurationMs, wholeBlock, type QueryTime } from '../answers.ts';
import { queryJaeger } from '../jaeger.ts';
import { queryLoki } from '../loki.ts';
import { queryPrometheus } from '../prometheus.ts';
import type { LiveSet } from '../live.ts';

/** Rules of blocks that continue a live one. */
export const continueRules = {
  'nothing-to-continue': { level: 'error', summary: 'The live block that this one continues gave no answer.' },
} as const;

/** True for a block that asks the backends of a live block instead of being one. */
export function continuesAnother({ block }: RunRequest): boolean {
  return block.attributes.has('continues');
}

/**
 * Asks a query block of the backends that watched the live block it continues, at the moment of its last scrape.
 * @param liveSets by block id
 */
export async function answerContinuing({ block }: RunRequest, liveSets: ReadonlyMap<string, LiveSet>, signal: AbortSignal): Promise<RunResult> {
  const name = attributeText(block, 'continues') ?? '';
  const set = liveSets.get(`${block.page}#${name}`);
  if (set === undefined) {
    return { block, output: undefined, elapsedMs: 0, findings: [wholeBlock(block, 'nothing-to-continue', `The live block "${name}" has to pass before this one can continue it. Mend "${name}" first.`)] };
  }
  const time = liveTime(block, set);
  switch (block.language) {
    case 'promql': return queryPrometheus(set.prometheusUrl, block, time, signal);
    case 'logql': return queryLoki(set.lokiUrl, block, time.window === undefined ? { ...time, window: wholeWindow(set) } : time, set.tenant, signal);
    case 'jaeger': return queryJaeger(set.jaegerUrl, block, set, signal);
    default: throw new HarnessError('checker-crashed', `a ${block.language} block cannot continue a live one, but planning let it pass`);
  }
}

const STEP_MS = 1_000;

function liveTime(block: Block, { atMs }: LiveSet): QueryTime {
  const rangeMs = parseDurationMs(attributeText(block, 'range') ?? '');
  const stepMs = parseDurationMs(attributeText(block, 'step') ?? '') ?? STEP_MS;
  return { atMs, window: rangeMs === undefined ? undefined : { startMs: atMs - rangeMs, endMs: atMs, stepMs } };
}

function wholeWindow({ startMs, endMs }: LiveSet): NonNullable<QueryTime['window']> {
  return { startMs, endMs, stepMs: STEP_MS };
}
