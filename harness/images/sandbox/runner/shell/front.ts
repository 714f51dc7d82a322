import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { moveClock } from './clock.ts';
import { ask, readBody, REFUSED_HEADER, type Answered } from './http.ts';
import type { Door, Exchange, Service } from './protocol.ts';

/** The services as a reader finds them: on localhost, at the dataset's time. */
export interface Front {
  /** Puts the clock, and begins a new list of what is asked. */
  begin(nowMs: number, isSeen: () => boolean): void;
  readonly exchanges: readonly Exchange[];
  close(): Promise<void>;
}

/** Listens on localhost at each door's port, and passes what is asked on to the gate. @param gate its host name; `portOf` its port for a door */
export async function openFront(doors: readonly Door[], gate: string, portOf = ({ port }: Door): number => port): Promise<Front> {
  let exchanges: Exchange[] = [];
  let nowMs = 0;
  let isSeen = (): boolean => true;
  const servers = await Promise.all(doors.map((door) => listen(door, async (request, response) => {
    const seen = isSeen();
    const list = exchanges;
    const answer = await pass(door, gate, portOf(door), nowMs, request);
    if (seen) list.push(describe(door.service, request, answer));
    response.sendDate = false;
    response.removeHeader('connection');
    const { [REFUSED_HEADER]: _ours, ...headers } = answer.headers;
    response.writeHead(answer.status, { ...headers, 'content-length': String(answer.body.length) }).end(request.method === 'HEAD' ? undefined : answer.body);
  })));
  return {
    begin: (newNowMs, newIsSeen) => {
      exchanges = [];
      nowMs = newNowMs;
      isSeen = newIsSeen;
    },
    get exchanges() { return exchanges; },
    close: async () => {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

function listen({ port }: Door, answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  // Programs that try ::1 first go on to this one.
  return new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server)));
}

async function pass(door: Door, gate: string, port: number, nowMs: number, request: IncomingMessage): Promise<Answered> {
  const { method = 'GET', url = '/' } = request;
  const [path = '/', query = ''] = splitTarget(url);
  const type = request.headers['content-type'];
  const isForm = type?.startsWith('application/x-www-form-urlencoded') === true;
  const sent = await readBody(request);
  const address = new URLSearchParams(query);
  const form = isForm ? new URLSearchParams(sent.toString()) : undefined;
  const moved = moveClock(door.service, path, address, form, { wallMs: Date.now(), nowMs });
  const asked = {
    host: gate, port, method, headers: { accept: request.headers.accept ?? '*/*', ...(type === undefined ? {} : { 'content-type': type }) },
    target: moved && address.size > 0 ? `${path}?${address}` : url,
    body: moved && form !== undefined ? Buffer.from(String(form)) : sent,
  };
  try {
    return await ask(asked);
  } catch (error) {
    return { status: 502, headers: { 'content-type': 'text/plain' }, body: Buffer.from(`${door.service} did not answer: ${String(error)}\n`) };
  }
}

function splitTarget(url: string): readonly [path: string, query: string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}

/** What Jaeger takes where a search names no limit. */
const JAEGER_LIMIT = 100;

function describe(service: Service, { method = 'GET', url = '/' }: IncomingMessage, { status, headers, body }: Answered): Exchange {
  const [path = '/', query] = splitTarget(url);
  const parsed = /json/.test(String(headers['content-type'] ?? '')) ? parseJson(body) : undefined;
  const limit = service === 'jaeger' && path === '/api/traces' ? Number(new URLSearchParams(query).get('limit') ?? JAEGER_LIMIT) : undefined;
  return {
    service, method, path, status, forbidden: REFUSED_HEADER in headers, message: status < 400 ? '' : wordsOf(parsed, body), empty: status < 400 && isEmpty(parsed),
    ...(limit !== undefined && Array.isArray(parsed?.data) && parsed.data.length >= limit ? { cutAt: limit } : {}),
  };
}

interface Envelope {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly errors?: readonly { readonly msg?: unknown }[];
}

function parseJson(body: Buffer): Envelope | undefined {
  try {
    const value = JSON.parse(body.toString()) as unknown;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function wordsOf(parsed: Envelope | undefined, body: Buffer): string {
  const words = parsed?.error ?? parsed?.errors?.[0]?.msg;
  return (typeof words === 'string' ? words : body.toString()).trim().slice(0, 1_000);
}

/** Prometheus and Loki: an empty `data` or `data.result`; Jaeger: an empty `data`; Alertmanager: an empty list. */
function isEmpty(parsed: Envelope | undefined): boolean {
  if (parsed === undefined) return false;
  if (Array.isArray(parsed)) return parsed.length === 0;
  const { data } = parsed;
  if (data === null || (Array.isArray(data) && data.length === 0)) return true;
  const result = typeof data === 'object' ? (data as { readonly result?: unknown }).result : undefined;
  return Array.isArray(result) && result.length === 0;
}
