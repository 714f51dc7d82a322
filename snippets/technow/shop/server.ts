import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Server } from 'node:net';
import { json } from 'node:stream/consumers';
import { propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, type Attributes } from '@opentelemetry/api';
import { Counter, Gauge, Histogram } from 'prom-client';
import { startAdmin } from './admin.ts';
import { Failure } from './failure.ts';
import { faultsOf } from './faults.ts';
import { suffer, sufferAtOnce } from './misfortune.ts';
import { port, version, type Settings } from './settings.ts';
import { buckets, logger, registry, stopTelemetry, tracer } from './telemetry.ts';
import { currentUser, type User } from './user.ts';

export interface Reply {
  readonly status: number;
  readonly body?: object;
  /** Of the server span. */
  readonly attributes?: Attributes;
  /** Of the log line. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Logged even where requests are not. */
  readonly isNotable?: boolean;
  /** Says what was done, in the log line: `payment accepted`. */
  readonly msg?: string;
}
export type Body = Readonly<Record<string, unknown>>;
export type Handler = (body: Body) => Promise<Reply>;
export interface Service {
  /** By `POST /checkout`: method and route template. */
  readonly routes: Readonly<Record<string, Handler>>;
  readonly settings: Settings;
  /** What server spans say about the user. */
  readonly describe?: (user: User) => Attributes;
  /** What log lines say about what was asked, also when it failed. */
  readonly about?: (body: Body) => Readonly<Record<string, unknown>>;
}

// #region metrics
const requests = new Counter({ name: 'http_requests_total', help: 'Requests answered.', labelNames: ['method', 'route', 'status'], registers: [registry] });
const duration = new Histogram<'method' | 'route' | 'trace_id'>({
  name: 'http_request_duration_seconds', help: 'How long a request took.', labelNames: ['method', 'route'], buckets, registers: [registry], enableExemplars: true,
});
const inFlight = new Gauge({ name: 'http_requests_in_flight', help: 'Requests being worked on.', registers: [registry] });
inFlight.set(0);

/** What is not answered by then is given up. */
const GRACE_MS = 5_000;

/** `POST /checkout` as labels. */
function labelsOf(endpoint: string): { method: string; route: string } {
  const [method = '', route = ''] = endpoint.split(' ');
  return { method, route };
}
// #endregion

// #region serve
/** Serves until SIGTERM, then ends what it has begun. The routes are templates: a label never holds what a user typed. */
export function serve(service: Service): void {
  for (const endpoint of Object.keys(service.routes)) {
    for (const status of ['200', '500', '503']) requests.inc({ ...labelsOf(endpoint), status }, 0);
    duration.zero(labelsOf(endpoint));
  }
  let isEnding = false;
  const server = createServer((request, response) => {
    // Else a caller that always has another request would keep us for ever.
    response.shouldKeepAlive = !isEnding;
    const endpoint = `${request.method} ${request.url}`;
    const handler = service.routes[endpoint];
    if (request.url === '/metrics') return void expose(response);
    if (handler !== undefined) return void answer({ request, response, endpoint, handler }, service);
    requests.inc({ method: request.method ?? 'GET', route: 'unmatched', status: '404' });
    send(response, 404, { error: 'not_found' });
  });
  server.listen(port, () => logger.info({ event: 'service_started', version }, 'service started'));
  const admin = startAdmin();
  sufferAtOnce();
  process.once('SIGTERM', () => {
    isEnding = true;
    logger.info({ event: 'shutdown', version }, 'shutting down');
    admin.close();
    setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
    // Not HTTP's own close: it would cut connections off that are kept open, on whoever sends a request that very moment.
    Server.prototype.close.call(server, () => void stopTelemetry().catch((error: unknown) => logger.warn({ event: 'spans_lost' }, String(error))));
  });
}

/** Prometheus refuses a page whose content type it does not know. */
async function expose(response: ServerResponse): Promise<void> {
  response.setHeader('Content-Type', registry.contentType);
  response.end(await registry.metrics());
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
// #endregion

// #region answer
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly endpoint: string;
  readonly handler: Handler;
}
interface Outcome {
  readonly body: Body;
  readonly reply: Reply;
  readonly failure?: Failure;
}

/** One request: its span, its metrics and its log line are written here, once, however it ends. */
async function answer({ request, response, endpoint, handler }: Exchange, service: Service): Promise<void> {
  // Who gets no `traceparent` begins a trace of its own.
  const headers = faultsOf('headers-stripped').length > 0 ? { baggage: request.headers['baggage'] } : request.headers;
  const parent = propagation.extract(ROOT_CONTEXT, headers);
  const labels = labelsOf(endpoint);
  await tracer.startActiveSpan(endpoint, { kind: SpanKind.SERVER }, parent, async (span) => {
    inFlight.inc();
    const startedMs = performance.now();
    const outcome = await settle(request, endpoint, handler);
    const { reply, failure } = outcome;
    const seconds = (performance.now() - startedMs) / 1000;
    inFlight.dec();
    span.setAttributes({ 'http.request.method': labels.method, 'http.route': labels.route, 'http.response.status_code': reply.status, 'service.version': version, ...service.describe?.(currentUser()), ...reply.attributes });
    if (failure !== undefined) span.setAttribute('error.type', failure.errorType).setStatus({ code: SpanStatusCode.ERROR });
    requests.inc({ ...labels, status: String(reply.status) });
    duration.observe({ labels, value: seconds, exemplarLabels: { trace_id: span.spanContext().traceId } });
    logRequest(endpoint, seconds, outcome, service);
    span.end();
    send(response, reply.status, failure === undefined ? reply.body ?? {} : { error: failure.errorType });
  });
}

async function settle(request: IncomingMessage, endpoint: string, handler: Handler): Promise<Outcome> {
  let body: Body = {};
  try {
    if (request.method === 'POST') body = (await json(request)) as Body;
    await suffer(endpoint);
    return { body, reply: await handler(body) };
  } catch (error) {
    // What is refused for a good reason has not failed.
    if (error instanceof Failure && error.status < 500) return { body, reply: { status: error.status, body: { error: error.errorType } } };
    const failure = error instanceof Failure ? error : new Failure(500, error instanceof Error ? error.name : 'unknown');
    return { body, reply: { status: failure.status }, failure };
  }
}

function logRequest(endpoint: string, seconds: number, { body, reply, failure }: Outcome, { settings, about }: Service): void {
  const steps = faultsOf('log-level')[0]?.linesPerRequest ?? 0;
  for (let step = 1; step <= steps; step++) logger.debug({ event: 'step', step }, 'entering step');
  if (failure === undefined && !reply.isNotable && !settings.logEvery?.includes(endpoint)) return;
  const msg = failure === undefined ? reply.msg ?? 'request completed' : 'request failed';
  logger[failure === undefined ? 'info' : 'error']({
    event: msg.replace(' ', '_'), ...labelsOf(endpoint), status: reply.status, duration_ms: Math.round(seconds * 10_000) / 10,
    ...about?.(body), error_code: failure?.errorCode, error_type: failure?.errorType, ...reply.fields, tenant: currentUser().tenant,
  }, msg);
}
// #endregion
