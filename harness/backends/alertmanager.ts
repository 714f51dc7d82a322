import type { Backend, BackendContext, RunResult, StartedBackend } from '../model/backend.ts';
import { HarnessError } from '../model/verdict.ts';
import { startAlertmanager } from './alerting/alertmanager.ts';
import type { Place } from './alerting/alertmanager.ts';
import { HOOK_HOST, HOOK_PORT, startHook } from './alerting/hook.ts';
import { Limiter } from './alerting/limiter.ts';
import { openPromtool } from './alerting/promtool.ts';
import { wholeBlock } from './answers.ts';
import { giveAlerts } from './routing/alerts.ts';
import type { Given } from './routing/alerts.ts';
import { replayAlerts } from './routing/replay.ts';
import { rewriteReceivers } from './routing/rewrite.ts';

// Seconds are enough; a machine that builds images meanwhile needs more.
const TIMEOUT_MS = 60_000;
/** Alertmanagers at a time: one takes 15 MB, and waits far more than it works. */
const LIMIT = 6;

/** alertmanager.yml: a real Alertmanager routes the alerts of virtual time; webhooks of ours stand in for all that it would call. */
export const alertmanager: Backend = {
  name: 'alertmanager',
  images: ['prometheus', 'alertmanager', 'sandbox'],
  rules: {
    'alert-did-not-fire': { level: 'error', summary: 'An alert that is to be routed does not fire on the dataset.' },
    'rule-not-evaluated': { level: 'error', summary: 'The rule of an alert that is to be routed cannot be evaluated.' },
    'does-not-start': { level: 'error', summary: 'The server does not start with the file.' },
  },
  configFiles: () => [],
  start: async (context) => ({
    versions: [{ name: 'alertmanager', version: context.engine.version('alertmanager') }],
    async run(requests, onResult, signal) {
      const startedMs = performance.now();
      await using promtool = await openPromtool(context, signal);
      const given = await giveAlerts(requests, promtool, signal);
      for (const { request, findings } of given) if (findings.length > 0) onResult({ block: request.block, output: undefined, findings, elapsedMs: performance.now() - startedMs });
      await routeAll(context, given.filter(({ findings }) => findings.length === 0), onResult, signal);
    },
    // Containers live only while a run needs them.
    [Symbol.asyncDispose]: async () => {},
  } satisfies StartedBackend),
};

async function routeAll(context: BackendContext, given: readonly Given[], onResult: (result: RunResult) => void, signal: AbortSignal): Promise<void> {
  if (given.length === 0) return;
  // Receivers of the rules' backend have the same host name: each backend has a network of its own.
  await using network = await context.engine.network();
  await using hook = await startHook(context, network, signal);
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const limiter = new Limiter(LIMIT, either);
  try {
    await Promise.all(given.map((one, index) => limiter.run(async () =>
      onResult(await route(context, one, { network, hook, config: '', alias: `alertmanager-${index}`, timeoutMs: TIMEOUT_MS }, either)))));
  } catch (error) {
    // What the others started must be gone before the network is.
    failed.abort(error);
    await limiter.settle();
    throw error;
  }
}

async function route(context: BackendContext, { request: { block }, alerts }: Given, where: Place, signal: AbortSignal): Promise<RunResult> {
  const startedMs = performance.now();
  const rewritten = rewriteReceivers(block.text, `http://${HOOK_HOST}:${HOOK_PORT}`);
  try {
    const place: Place = { ...where, config: rewritten.config };
    await using started = await startAlertmanager(context, place, signal);
    const output = await replayAlerts(started, place, rewritten, alerts, signal);
    return { block, output, findings: [], elapsedMs: performance.now() - startedMs };
  } catch (error) {
    const said = error instanceof HarnessError && error.code === 'backend-not-ready' ? /Loading configuration file failed.*?err="((?:[^"\\]|\\.)*)"/.exec(error.logTail)?.[1] : undefined;
    if (said === undefined) throw error;
    return { block, output: undefined, findings: [wholeBlock(block, 'does-not-start', `Alertmanager does not start with this file: ${said.replaceAll('\\"', '"')}. Correct it here.`)], elapsedMs: performance.now() - startedMs };
  }
}
