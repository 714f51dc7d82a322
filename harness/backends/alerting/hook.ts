import { setTimeout as delay } from 'node:timers/promises';
import type { BackendContext, Network, StartedContainer } from '../../model/backend.ts';
import type { Labels } from '../../model/dataset.ts';
import { HarnessError } from '../../model/verdict.ts';

/** The host that receivers of `snippets/stack/alertmanager.yml` name. */
export const HOOK_HOST = 'oncall-bridge';
export const HOOK_PORT = 9095;
const POLL_MS = 25;

/** The body of a webhook call of Alertmanager. Source: alertmanager/notify/webhook (Message) and template (Data). */
export interface WebhookBody {
  /** Path that was called: tells the channels of a receiver apart. */
  readonly path: string;
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly groupLabels: Labels;
  readonly externalURL: string;
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Labels;
    readonly annotations: Labels;
    readonly startsAt: string;
    readonly generatorURL: string;
  }[];
}
/** The far end of every webhook: writes down who sent what. */
export interface Hook extends AsyncDisposable {
  /** Bodies that the container with this network alias sent so far. */
  received(sender: string): Promise<readonly WebhookBody[]>;
  /** Waits until `isComplete` says so of what a sender sent. Throws `timed-out` with what came until then. */
  waitFor(sender: string, isComplete: (bodies: readonly WebhookBody[]) => boolean, timeoutMs: number, signal: AbortSignal): Promise<readonly WebhookBody[]>;
}

// All senders call the same host and path, as the course's file has it: the network's own DNS tells them apart, by alias.
const SERVER = `
import { createServer } from 'node:http';
import { promises as dns } from 'node:dns';
createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const address = request.socket.remoteAddress.replace(/^::ffff:/, '');
    // Asked each time: the next container may get the address of one that is gone.
    const [from] = await dns.reverse(address).catch(() => [address]);
    if (request.method === 'POST') process.stdout.write(JSON.stringify({ from, path: request.url, body: JSON.parse(Buffer.concat(chunks).toString()) }) + '\\n');
    response.end();
  });
}).listen(${HOOK_PORT}, '0.0.0.0');
`;

/** Starts the receiver on a network. Throws what the engine throws. */
export async function startHook(context: BackendContext, network: Network, signal: AbortSignal): Promise<Hook> {
  const container = await context.engine.start({
    image: 'sandbox', aliases: [HOOK_HOST], command: ['node', '/hook/server.mjs'], ports: [HOOK_PORT],
    files: [{ path: '/hook/server.mjs', content: SERVER }], networks: [network], ready: { path: '/', port: HOOK_PORT },
  }, signal);
  return new ContainerHook(container);
}

class ContainerHook implements Hook {
  readonly #container: StartedContainer;
  constructor(container: StartedContainer) {
    this.#container = container;
  }

  async received(sender: string): Promise<readonly WebhookBody[]> {
    const lines = (await this.#container.stdout()).split('\n').filter((line) => line.startsWith('{"from"') && line.endsWith('}'));
    return lines.map((line) => JSON.parse(line) as { from: string; path: string; body: Omit<WebhookBody, 'path'> })
      .filter(({ from }) => from.startsWith(`${sender}.`)).map(({ path, body }) => ({ ...body, path }));
  }

  async waitFor(sender: string, isComplete: (bodies: readonly WebhookBody[]) => boolean, timeoutMs: number, signal: AbortSignal): Promise<readonly WebhookBody[]> {
    const endMs = performance.now() + timeoutMs;
    for (;;) {
      const bodies = await this.received(sender);
      if (isComplete(bodies)) return bodies;
      if (performance.now() > endMs) throw new HarnessError('timed-out', `The webhook of ${sender} got ${bodies.length} calls within ${timeoutMs / 1000} s, and not all that were expected. Look at its routes and at the log tail.`, { logTail: await this.#container.logTail() });
      await delay(POLL_MS, undefined, { signal });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#container[Symbol.asyncDispose]();
  }
}
