import { setTimeout as delay } from 'node:timers/promises';
import type { StartedContainer } from '../../model/backend.ts';
import type { ComposeOutput } from '../../model/transcript.ts';
import type { HealthCheck } from '../../compose-file/health.ts';
import { askFrom } from '../trial/ask.ts';
import { baseUrl, ServiceFault, type Place, type RunningService } from './place.ts';
import { lastWords, refuseEnded } from './start.ts';

/** Seconds are enough; a machine that builds images meanwhile needs more. */
const READY_MS = 90_000;
const PORT_MS = 20_000;
const POLL_MS = 100;

type Service = ComposeOutput['services'][number];
type State = Pick<Service, 'state' | 'said'>;

/** Waits until a service says that it is well: by its own health check, or as its image does. @throws ServiceFault, HarnessError */
export async function awaitState(service: RunningService, place: Place): Promise<State> {
  const { health, image } = service.plan;
  if (health !== undefined) return awaitHealth(service, health, place);
  if (image === 'otelcol') return awaitWord(service, place);
  const known = baseUrl(service.plan);
  if (known === undefined) {
    await refuseEnded(service, service.container);
    return { state: 'running', said: undefined };
  }
  const asked = `GET ${known.at}${known.ready}`;
  return poll(service, place, 'ready', asked, async () => {
    const { status, body } = await askFrom(place.probe, `${known.base}${known.ready}`, {}, place.signal);
    return status === 200 ? { said: '200' } : { refused: status === 0 ? 'nothing' : `${status}${body.trim() === '' ? '' : ` (${body.trim().slice(0, 200)})`}` };
  });
}

async function awaitHealth(service: RunningService, health: HealthCheck, place: Place): Promise<State> {
  if (health.kind === 'exec') {
    return poll(service, place, 'healthy', `\`${health.words}\``, async () => {
      const { exitCode, stdout, stderr } = await service.container.exec(health.command, place.signal);
      return exitCode === 0 ? { said: 'exit 0' } : { refused: `exit ${exitCode}${lastWords(stderr + stdout) === '' ? '' : ` (${lastWords(stderr + stdout)})`}` };
    });
  }
  // The image that is built here has no such program: one beside it asks, to whom localhost is the same.
  await using beside = await place.context.engine.start({ image: 'sandbox', confined: true, aliases: [], command: ['sleep', 'infinity'], ports: [], beside: service.container }, place.signal);
  // Awaited here: what asks must not be gone before it has asked.
  return await poll(service, place, 'healthy', `\`${health.words}\``, () => askAsHealthCheck(beside, health, place.signal));
}

async function askAsHealthCheck(beside: StartedContainer, { url, failsOnStatus }: Extract<HealthCheck, { kind: 'http' }>, signal: AbortSignal): Promise<Answer> {
  const { status } = await askFrom(beside, url, {}, signal);
  const isWell = failsOnStatus ? status >= 200 && status < 300 : status !== 0;
  return isWell ? { said: 'exit 0' } : { refused: status === 0 ? 'nobody answers there' : `status ${status}` };
}

/** The Collector has no port for this unless its file opens one: it says so in its log. */
function awaitWord(service: RunningService, place: Place): Promise<State> {
  return poll(service, place, 'ready', 'its log', async () => {
    const log = await service.container.logTail(400);
    return log.includes('Everything is ready') ? { said: 'Everything is ready' } : { refused: lastWords(log) };
  });
}

type Answer = { readonly said: string } | { readonly refused: string };

async function poll(service: RunningService, { signal }: Place, state: Service['state'], asked: string, ask: () => Promise<Answer>): Promise<State> {
  const endMs = performance.now() + READY_MS;
  for (;;) {
    await refuseEnded(service, service.container);
    const answer = await ask().catch(async (error: unknown) => {
      // What ended meanwhile cannot be asked any more, and says why.
      await refuseEnded(service, service.container);
      throw error;
    });
    if ('said' in answer) return { state, said: `${asked}: ${answer.said}` };
    if (performance.now() > endMs) {
      const { name, health } = service.plan;
      throw new ServiceFault('not-ready', health === undefined ? ['services', name] : ['services', name, 'healthcheck', 'test'], `Found \`${name}\` not ${state} after ${READY_MS / 1000} s: ${asked} gives ${answer.refused}. Expected it to be within that time. Correct ${health === undefined ? 'the service, or the file that it reads' : 'the health check, or the service'}.`);
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

/** Asks every published port as Docker would pass calls on: at the container's own address, not at its localhost. @throws ServiceFault */
export async function askPorts({ plan, container }: RunningService, { probe, signal }: Place): Promise<Service['ports']> {
  return Promise.all(plan.ports.map(async ({ published, target, protocol }, index) => {
    if (protocol === 'udp') return { published, target, answered: undefined };
    const endMs = performance.now() + PORT_MS;
    while (!await isOpen(probe, plan.name, target, signal)) {
      await refuseEnded({ plan }, container);
      if (performance.now() > endMs) throw new ServiceFault('port-silent', ['services', plan.name, 'ports', index], `Found nobody behind port ${target} of \`${plan.name}\`, expected the service to listen there: whoever calls the published port is refused. Correct the number, or let the service listen on 0.0.0.0.`);
      await delay(POLL_MS, undefined, { signal });
    }
    return { published, target, answered: true };
  }));
}

async function isOpen(probe: StartedContainer, host: string, port: number, signal: AbortSignal): Promise<boolean> {
  return (await probe.exec(['timeout', '2', 'bash', '-c', 'exec 3<>"/dev/tcp/$0/$1"', host, String(port)], signal)).exitCode === 0;
}
