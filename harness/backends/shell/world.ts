import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GateJob } from '../../images/sandbox/runner/shell/protocol.ts';
import type { BackendContext, Network, StartedContainer } from '../../model/backend.ts';
import type { Dataset } from '../../model/dataset.ts';
import { stackPorts, type StackService } from '../../model/stack.ts';
import { loadSpans, startJaegerServer } from '../jaeger.ts';
import { loadLines, startLokiServer, tenantOf } from '../loki.ts';
import { startPrometheusServer } from '../prometheus.ts';
import { remoteWrite } from '../prometheus/remote-write.ts';
import type { Group } from './needs.ts';

/** Host name of the gate, for the sandbox. */
export const GATE = 'gate';
const HEALTH_PORT = 8079;
const ALERTMANAGER_CONFIG = 'snippets/stack/alertmanager.yml';

/** Where the blocks of one group run: a sandbox that reaches a gate and nothing else, and behind the gate the services. */
export interface ShellWorld extends AsyncDisposable {
  readonly sandbox: StartedContainer;
}

/**
 * Starts what a group asks, loads its dataset, and opens the gate. The services stand on a network that the sandbox is not on:
 * the only way to them leads through the gate, which lets through what only reads.
 */
export async function startWorld(context: BackendContext, { dataset, doors }: Group, signal: AbortSignal): Promise<ShellWorld> {
  await using stack = new AsyncDisposableStack();
  const inside = stack.use(await context.engine.network({ internal: true }));
  const sandboxStart = { image: 'sandbox', confined: true, command: ['sleep', 'infinity'], ports: [], aliases: [], networks: [inside] };
  if (dataset === undefined || doors.length === 0) {
    const sandbox = stack.use(await context.engine.start(sandboxStart, signal));
    return own(stack.move(), sandbox);
  }
  const behind = stack.use(await context.engine.network({ internal: true }));
  const job: GateJob = { doors, tenant: tenantOf(dataset), healthPort: HEALTH_PORT };
  const starts = await Promise.allSettled([
    context.engine.start(sandboxStart, signal),
    context.engine.start({
      image: 'sandbox', confined: true, aliases: [GATE], ports: [], networks: [inside, behind],
      command: ['node', '/course/runner/shell/gate.ts', JSON.stringify(job)],
      ready: { path: '/', port: HEALTH_PORT },
    }, signal),
    ...doors.map(({ service }) => startService(service, context, behind, dataset, signal)),
  ]);
  const [sandbox] = starts.map((start) => (start.status === 'fulfilled' ? stack.use(start.value) : undefined));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return own(stack.move(), sandbox as StartedContainer);
}

function own(parts: AsyncDisposableStack, sandbox: StartedContainer): ShellWorld {
  return { sandbox, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

/** A service of the group's own, with its dataset and nothing else: what `/api/v1/labels` answers depends on what is loaded. */
async function startService(service: StackService, context: BackendContext, behind: Network, dataset: Dataset, signal: AbortSignal): Promise<StartedContainer> {
  const place = { aliases: [service], networks: [context.network, behind] };
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await starters[service](context, place, signal));
  const url = server.url(stackPorts[service]);
  if (service === 'prometheus') await remoteWrite(url, context.engine.version('prometheus'), dataset.series, signal);
  if (service === 'loki') await loadLines(url, new Map([[dataset, tenantOf(dataset)]]), signal);
  if (service === 'jaeger') await loadSpans(server, dataset, signal);
  stack.move();
  return server;
}

type Start = (context: BackendContext, place: { readonly aliases: readonly string[]; readonly networks: readonly Network[] }, signal: AbortSignal) => Promise<StartedContainer>;
const starters: Readonly<Record<StackService, Start>> = {
  prometheus: startPrometheusServer,
  loki: startLokiServer,
  jaeger: startJaegerServer,
  // The course's routing; nobody sends it alerts.
  alertmanager: ({ engine, root }, place, signal) => engine.start({
    image: 'alertmanager',
    command: ['--config.file=/etc/alertmanager/alertmanager.yml', '--storage.path=/alertmanager', '--cluster.listen-address='],
    ports: [stackPorts.alertmanager],
    files: [{ path: '/etc/alertmanager/alertmanager.yml', content: readFileSync(join(root, ALERTMANAGER_CONFIG)) }],
    ready: { path: '/-/ready', port: stackPorts.alertmanager },
    ...place,
  }, signal),
};
