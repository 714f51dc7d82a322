import { context, propagation, SpanKind, SpanStatusCode, type Span } from '@opentelemetry/api';
import { Histogram } from 'prom-client';
import { Failure } from './failure.ts';
import { service, sleep, urlsOf, type CallPolicy } from './settings.ts';
import { buckets, logger, registry, tracer } from './telemetry.ts';

const SLOW_CALL_MS = 1_000;
/** Longer than any answer that is worth having. */
const DEFAULT_POLICY: CallPolicy = { timeoutMs: 10_000, attempts: 1, backoffMs: 0 };

const duration = new Histogram({ name: 'outbound_request_duration_seconds', help: 'How long another service took to answer us.', labelNames: ['peer'], buckets, registers: [registry] });
export function recordCall(peer: string, seconds: number): void {
  duration.observe({ peer }, seconds);
}

interface Attempt {
  readonly url: string;
  readonly endpoint: string;
  readonly body: object | undefined;
  /** From 1. */
  readonly attempt: number;
}
/** Another service, as this one calls it. */
export class Peer {
  readonly #name: string;
  readonly #policy: CallPolicy;
  readonly #urls: readonly string[];
  #turn = 0;

  constructor(name: string, policy: CallPolicy = DEFAULT_POLICY) {
    this.#name = name;
    this.#policy = policy;
    this.#urls = urlsOf(name);
    duration.zero({ peer: name });
  }

  // #region call
  /** Asks, and asks again as often as the policy allows. @throws Failure when there is no good answer */
  async call(endpoint: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
    const first = this.#turn++;
    for (let attempt = 1; ; attempt++) {
      try {
        // In turn; who asks again asks somebody else.
        const url = this.#urls[(first + attempt - 1) % this.#urls.length] ?? '';
        return await this.#attempt({ url, endpoint, body, attempt });
      } catch (error) {
        if (!(error instanceof Failure) || error.status < 500) throw error;
        // Nobody was there, so nothing was done: the next instance may be asked without charging anybody twice.
        const isHarmless = error.errorType === 'connection_refused' && attempt < 2;
        if (!isHarmless && attempt >= this.#policy.attempts) {
          // Where nobody asked for patience, the line of the failed request has to do.
          if (this.#policy !== DEFAULT_POLICY) logger.error({ event: `${this.#name}_call_failed`, peer: this.#name, ...labelsOf(endpoint), attempts: attempt, error_type: error.errorType }, `call to ${this.#name} failed`);
          throw error;
        }
        await sleep(this.#policy.backoffMs);
      }
    }
  }

  /** One call. The span covers the wait, the headers carry trace and user over. */
  async #attempt({ url, endpoint, body, attempt }: Attempt): Promise<Readonly<Record<string, unknown>>> {
    return tracer.startActiveSpan(`${this.#name} ${endpoint}`, { kind: SpanKind.CLIENT }, async (span) => {
      span.setAttribute('server.address', this.#name);
      if (attempt > 1) span.setAttribute('http.request.resend_count', attempt - 1);
      const startedMs = performance.now();
      try {
        return await this.#exchange(url, endpoint, body, span);
      } catch (error) {
        const failure = toFailure(error);
        if (failure.status >= 500) span.setAttribute('error.type', failure.errorType).setStatus({ code: SpanStatusCode.ERROR });
        throw failure;
      } finally {
        this.#record(endpoint, performance.now() - startedMs);
        span.end();
      }
    });
  }
  // #endregion

  async #exchange(url: string, endpoint: string, body: object | undefined, span: Span): Promise<Readonly<Record<string, unknown>>> {
    const { method, route } = labelsOf(endpoint);
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    propagation.inject(context.active(), headers);
    const response = await fetch(url + route, { method, headers, ...(body && { body: JSON.stringify(body) }), signal: AbortSignal.timeout(this.#policy.timeoutMs) });
    const answer = (await response.json()) as Readonly<Record<string, unknown>>;
    span.setAttribute('http.response.status_code', response.status);
    if (!response.ok) throw new Failure(response.status, String(answer['error'] ?? response.status));
    return answer;
  }

  #record(endpoint: string, ms: number): void {
    recordCall(this.#name, ms / 1000);
    // The gateway only waits for what others wait for: they know better.
    if (ms > SLOW_CALL_MS && service !== 'gateway') {
      logger.warn({ event: 'outbound_call_slow', peer: this.#name, ...labelsOf(endpoint), duration_ms: Math.round(ms * 10) / 10 }, 'outbound call slow');
    }
  }
}

function labelsOf(endpoint: string): { method: string; route: string } {
  const [method = '', route = ''] = endpoint.split(' ');
  return { method, route };
}

function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof Error && error.name === 'TimeoutError') return new Failure(504, 'timeout');
  const code = (error as { cause?: { code?: unknown } }).cause?.code;
  return new Failure(503, code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'connection_refused' : 'connection_reset');
}
