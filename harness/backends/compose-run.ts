import { parseDocument } from 'yaml';
import { keyRange, valueRange } from '../compose-file/positions.ts';
import { planServices, type PlannedService } from '../compose-file/plan.ts';
import type { Backend, BackendContext, Network, RunResult, StartedBackend } from '../model/backend.ts';
import type { Block } from '../model/block.ts';
import type { Finding } from '../model/checker.ts';
import type { ComposeOutput } from '../model/transcript.ts';
import { awaitState, askPorts } from './compose-run/ready.ts';
import { ServiceFault, WaitedInVain, type Place, type RunningService } from './compose-run/place.ts';
import { startService } from './compose-run/start.ts';
import { awaitTargets } from './compose-run/targets.ts';
import { STACK } from './configuration/files.ts';
import { readImageSpec } from './engine-specs.ts';
import { runTrials, type TrialPlace } from './trial/run-trials.ts';

/** Of the services that a Compose file may name; the Collector is brought when one does. */
const SERVICES = ['prometheus', 'alertmanager', 'loki', 'jaeger', 'otelcol'] as const;
const FOLDER = 'harness/backends/compose-run';

/** compose.yaml: its services are started as it says, on networks that lead nowhere, and are asked whether they are well. */
export const composeRun: Backend = {
  name: 'compose-run',
  images: ['prometheus', 'alertmanager', 'loki', 'jaeger', 'sandbox'],
  rules: {
    'does-not-start': { level: 'error', summary: 'A service ends as soon as it is started.' },
    'not-ready': { level: 'error', summary: 'A service runs and never says that it is well.' },
    'port-silent': { level: 'error', summary: 'A port is published, and nobody answers behind it.' },
    'target-down': { level: 'error', summary: 'Prometheus cannot fetch a service of the same file.' },
  },
  configFiles: () => [STACK, `${FOLDER}/defaults.ts`],
  start: async (context) => ({
    versions: (['prometheus', 'alertmanager', 'loki', 'jaeger'] as const).map((name) => ({ name, version: context.engine.version(name) })),
    run: (requests, onResult, signal) => runTrials({ context, requests, onResult, signal }, (place) => runOne(context, place)),
    // Containers live only while a run needs them.
    [Symbol.asyncDispose]: async () => {},
  } satisfies StartedBackend),
};

/** Image → reference, in the versions that this run has. */
function readImages({ root, engine }: BackendContext): ReadonlyMap<string, string> {
  return new Map(SERVICES.map((name) => [name, readImageSpec(root, name, new Map([[name, engine.version(name)]])).reference]));
}

async function runOne(context: BackendContext, { request: { block, allBlocks }, network, probe, signal }: TrialPlace): Promise<RunResult> {
  const startedMs = performance.now();
  const plan = planServices(block.text, readImages(context));
  if (plan.kind === 'untried') throw new Error(`planning let a file through that is not started: ${plan.reason}`);
  await using stack = new AsyncDisposableStack();
  const place: Place = { context, signal, beside: { block, allBlocks, root: context.root }, ...await openNetworks(context, plan.services, { network, probe }, stack, signal) };
  const { services, faults } = await startAll(plan.services, place, stack);
  const end = (output: RunResult['output'], findings: RunResult['findings']): RunResult => ({
    block, output, findings, elapsedMs: performance.now() - startedMs,
    versions: [...new Set(plan.services.map(({ image }) => image))].map((name) => ({ name, version: context.engine.version(name) })),
  });
  if (faults.length > 0) return end(undefined, faults.map((fault) => toFinding(block, fault)));
  try {
    return end(await observe(services, place), []);
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw error;
    return end(undefined, [toFinding(block, error)]);
  }
}

/** One network a name, and somebody on all of them who asks. */
async function openNetworks({ engine }: BackendContext, services: readonly PlannedService[], given: { readonly network: Network; readonly probe: TrialPlace['probe'] }, stack: AsyncDisposableStack, signal: AbortSignal): Promise<Pick<Place, 'networks' | 'probe'>> {
  const names = [...new Set(services.flatMap(({ networks }) => networks))];
  if (names.length <= 1) return { networks: new Map(names.map((name) => [name, given.network])), probe: given.probe };
  const networks = new Map<string, Network>();
  for (const name of names) networks.set(name, stack.use(await engine.network({ internal: true })));
  const probe = stack.use(await engine.start({ image: 'sandbox', confined: true, aliases: ['probe'], command: ['sleep', 'infinity'], ports: [], networks: [...networks.values()] }, signal));
  return { networks, probe };
}

interface WellService extends RunningService {
  readonly state: Pick<ComposeOutput['services'][number], 'state' | 'said'>;
}

/** Starts every service, each after those that it waits for. */
async function startAll(plans: readonly PlannedService[], place: Place, stack: AsyncDisposableStack): Promise<{ readonly services: readonly WellService[]; readonly faults: readonly ServiceFault[] }> {
  const [running, well] = [new Map<string, Promise<RunningService>>(), new Map<string, Promise<WellService>>()];
  const start = async (plan: PlannedService): Promise<RunningService> => {
    for (const { service, condition } of plan.after.filter((one) => plans.some(({ name }) => name === one.service))) {
      await Promise.resolve((condition === 'service_healthy' ? well : running).get(service)).catch((error: unknown) => { throw error instanceof ServiceFault ? new WaitedInVain() : error; });
    }
    const started = await startService(plan, place);
    stack.use(started.container);
    return started;
  };
  for (const plan of plans) {
    // In the next turn: whom it waits for may stand below it.
    const starting = Promise.resolve().then(() => start(plan));
    running.set(plan.name, starting);
    well.set(plan.name, starting.then(async (service) => ({ ...service, state: await awaitState(service, place) })));
  }
  const settled = await Promise.allSettled(well.values());
  const reasons: unknown[] = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const broken = reasons.find((reason) => !(reason instanceof ServiceFault || reason instanceof WaitedInVain));
  if (broken !== undefined) throw broken;
  return { services: settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])), faults: reasons.filter((reason) => reason instanceof ServiceFault) };
}

async function observe(services: readonly WellService[], place: Place): Promise<ComposeOutput> {
  const ports = await Promise.all(services.map((service) => askPorts(service, place)));
  const hosts = new Set([...services.flatMap(({ plan }) => plan.aliases), 'localhost', '127.0.0.1']);
  const servers = services.filter(({ plan: { image, entrypoint } }) => image === 'prometheus' && entrypoint === undefined);
  const targets = await Promise.all(servers.map((service) => awaitTargets(service, hosts, place)));
  return {
    kind: 'compose', targets: targets.flat(),
    services: services.map(({ plan: { name, reference }, state }, index) => ({ name, image: reference, ...state, ports: ports[index] ?? [] })),
  };
}

function toFinding(block: Block, { rule, path, message }: ServiceFault): Finding {
  const document = parseDocument(block.text, { prettyErrors: false, merge: true });
  return { block, rule, message, range: (path.length === 2 ? keyRange : valueRange)(document, path) };
}
