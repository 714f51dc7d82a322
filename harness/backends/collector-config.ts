import type { Backend, BackendContext, RunResult, StartedBackend } from '../model/backend.ts';
import type { Finding } from '../model/checker.ts';
import type { Delivery } from '../model/transcript.ts';
import { wholeBlock } from './answers.ts';
import { CollectorGaveUp } from './collector-config/await-collector.ts';
import { collect, readFailure } from './collector-config/find.ts';
import { filesOf, handIn } from './collector-config/give.ts';
import { planTrial } from './collector-config/plan.ts';
import { startServices } from './collector-config/services.ts';
import { startCollector } from './collector-config/start.ts';
import { readProbeClock } from './trial/ask.ts';
import { findNamed } from './trial/place.ts';
import { runTrials, type TrialPlace } from './trial/run-trials.ts';

const FOLDER = 'harness/backends/collector-config';

/** collector.yaml: a real Collector starts with it, where nothing outside can be reached, between what sends to it and what it sends to. */
export const collectorConfig: Backend = {
  name: 'collector-config',
  images: ['otelcol', 'jaeger', 'loki', 'prometheus', 'sandbox'],
  rules: {
    'does-not-start': { level: 'error', summary: 'The server does not start with the file.' },
    'takes-nothing': { level: 'error', summary: 'A receiver refuses what is sent to it.' },
    'nothing-arrives': { level: 'error', summary: 'Nothing comes out behind an exporter.' },
  },
  configFiles: () => ['find.ts', 'plan.ts', 'sample.ts', 'services.ts'].map((file) => `${FOLDER}/${file}`),
  start: async (context) => ({
    versions: [{ name: 'otelcol', version: context.engine.version('otelcol') }],
    run: (requests, onResult, signal) => runTrials({ context, requests, onResult, signal }, (place) => runOne(context, place)),
    // Containers live only while a run needs them.
    [Symbol.asyncDispose]: async () => {},
  } satisfies StartedBackend),
};

async function runOne(context: BackendContext, { request: { block }, network, probe, host, signal }: TrialPlace): Promise<RunResult> {
  const startedMs = performance.now();
  const end = (output: RunResult['output'], findings: readonly Finding[]): RunResult => ({ block, output, findings, elapsedMs: performance.now() - startedMs });
  const plan = planTrial(block.text);
  const around = { context, network, probe };
  await using services = await startServices(around, plan, signal);
  try {
    await using collector = await startCollector(around, plan.config, host, filesOf(plan, await readProbeClock(probe, signal)), signal);
    const refused = await handIn(around, plan, host, signal);
    if (refused.length > 0) return end(undefined, refused.map(({ receiver, said }) => nameComponent(findNamed(block, 'takes-nothing', '', `Found the receiver \`${receiver}\`, expected it to take what is sent to it: ${said.replace(/\.?$/, '.')} Correct it here.`), receiver)));
    const deliveries = await collect({ ...around, services, collector, signal }, plan);
    const lost = deliveries.filter(({ found }) => found.length === 0);
    const log = lost.length === 0 ? '' : await collector.logTail(2_000);
    return lost.length > 0 ? end(undefined, lost.map((one) => nameComponent(wholeBlock(block, 'nothing-arrives', explainLoss(one, log)), one.at))) : end({ kind: 'trial', settings: [], deliveries }, []);
  } catch (error) {
    if (!(error instanceof CollectorGaveUp)) throw error;
    return end(undefined, [findNamed(block, 'does-not-start', error.said, `The Collector does not start with this file: ${error.said.replace(/\.?$/, '.')} Correct it here.`)]);
  }
}

function explainLoss({ signal, given, at, to }: Delivery, log: string): string {
  const said = readFailure(log, at);
  const why = said === undefined ? 'No exporter complains: sampling or a filter before it keeps everything back, or this service does not take this signal.' : `The exporter says: ${said.replace(/\.?$/, '.')}`;
  return `Found nothing of the ${signal} behind the exporter \`${at}\` (${to ?? ''}), expected some of ${given}. ${why} Correct the exporter or its pipeline.`;
}

/** At the component's definition, which stands below its section. */
function nameComponent(finding: Finding, id: string): Finding {
  const place = new RegExp(`^[ \\t]+(["']?)${id.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')}\\1(?=:)`, 'm').exec(finding.block.text);
  return place === null ? finding : { ...finding, range: { offset: place.index + place[0].search(/\S/), length: place[0].trim().length } };
}
