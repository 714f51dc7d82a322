import type { Backend, BackendContext, RunResult, StartedBackend } from '../model/backend.ts';
import { wholeBlock } from './answers.ts';
import { findNamed } from './trial/place.ts';
import { runTrials, type TrialPlace } from './trial/run-trials.ts';
import { LokiGaveUp, startConfigured } from './loki-config/start.ts';
import { handIn, LinesRefused } from './loki-config/round-trip.ts';
import { readSettings } from './loki-config/settings.ts';

/** loki.yaml: a real Loki starts with it, where nothing outside can be reached, takes lines and answers with them. */
export const lokiConfig: Backend = {
  name: 'loki-config',
  images: ['loki', 'sandbox'],
  rules: {
    'does-not-start': { level: 'error', summary: 'The server does not start with the file.' },
    'refuses-lines': { level: 'error', summary: 'The server starts, and refuses lines or does not find them again.' },
  },
  configFiles: () => ['harness/backends/loki-config/round-trip.ts'],
  start: async (context) => ({
    versions: [{ name: 'loki', version: context.engine.version('loki') }],
    run: (requests, onResult, signal) => runTrials({ context, requests, onResult, signal }, (place) => runOne(context, place)),
    // Containers live only while a run needs them.
    [Symbol.asyncDispose]: async () => {},
  } satisfies StartedBackend),
};

async function runOne(context: BackendContext, { request: { block }, network, probe, host, signal }: TrialPlace): Promise<RunResult> {
  const startedMs = performance.now();
  const end = (more: Pick<RunResult, 'output' | 'findings'>): RunResult => ({ block, ...more, elapsedMs: performance.now() - startedMs });
  try {
    await using loki = await startConfigured(context, { text: block.text, network, probe, host }, signal);
    const delivery = await handIn(loki, signal);
    return end({ output: { kind: 'trial', settings: await readSettings(loki, signal), deliveries: [delivery] }, findings: [] });
  } catch (error) {
    if (error instanceof LokiGaveUp) return end({ output: undefined, findings: [findNamed(block, 'does-not-start', error.said, `Loki does not start with this file: ${error.said.replace(/\.?$/, '.')} Correct it here.`)] });
    if (error instanceof LinesRefused) return end({ output: undefined, findings: [wholeBlock(block, 'refuses-lines', `${error.said.replace(/\.?$/, '.')} Correct the limits or the storage here.`)] });
    throw error;
  }
}
