import { SpanKind, SpanStatusCode, type Attributes } from '@opentelemetry/api';
import { Counter, Gauge, Histogram } from 'prom-client';
import { faultsOf, onFaults } from './faults.ts';
import { Failure } from './failure.ts';
import { draw, sleep, type Settings } from './settings.ts';
import { buckets, logger, registry, tracer } from './telemetry.ts';

// #region pool
/** Database connections. Who finds none free queues, first come first served, and gives up after the timeout. */
export class Pool {
  active = 0;
  max: number;
  readonly #timeoutMs: number;
  #queue: { readonly grant: () => void }[] = [];

  constructor(max: number, timeoutMs: number) {
    this.max = max;
    this.#timeoutMs = timeoutMs;
  }
  get waiting(): number {
    return this.#queue.length;
  }
  get isFree(): boolean {
    return this.active < this.max && this.waiting === 0;
  }
  /** @throws Failure `DBConnectionTimeout` */
  async acquire(): Promise<void> {
    if (this.isFree) {
      this.active++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const waiter = { grant: () => { clearTimeout(timer); resolve(); } };
      const timer = setTimeout(() => {
        this.#queue = this.#queue.filter((other) => other !== waiter);
        reject(new Failure(503, 'DBConnectionTimeout'));
      }, this.#timeoutMs);
      this.#queue.push(waiter);
    });
  }
  release(): void {
    this.active--;
    this.#grant();
  }
  /** A smaller pool takes effect as connections come back. */
  resize(max: number): void {
    this.max = max;
    this.#grant();
  }
  #grant(): void {
    while (this.active < this.max) {
      const waiter = this.#queue.shift();
      if (waiter === undefined) return;
      this.active++;
      waiter.grant();
    }
  }
}
// #endregion

/** An in-memory database behind a pool. A query takes its time, and holds its connection meanwhile. */
export class Database {
  readonly #pool: Pool;
  readonly #settings: NonNullable<Settings['database']>;
  readonly #host: string;
  readonly #duration = new Histogram({ name: 'db_query_duration_seconds', help: 'How long a query took, without waiting for a connection.', labelNames: ['query'], buckets, registers: [registry] });
  readonly #timeouts = new Counter({ name: 'db_pool_timeouts_total', help: 'Waits for a connection that were given up.', registers: [registry] });

  /** @param queries that are known from the start: their histograms begin empty, not missing */
  constructor(host: string, settings: NonNullable<Settings['database']>, queries: readonly string[]) {
    const pool = new Pool(settings.connections, settings.timeoutMs);
    this.#pool = pool;
    this.#settings = settings;
    this.#host = host;
    for (const query of queries) this.#duration.zero({ query });
    new Gauge({ name: 'db_pool_connections_active', help: 'Connections in use.', registers: [registry], collect() { this.set(pool.active); } });
    new Gauge({ name: 'db_pool_connections_max', help: 'Connections that there may be.', registers: [registry], collect() { this.set(pool.max); } });
    new Gauge({ name: 'db_pool_requests_waiting', help: 'Requests that wait for a connection.', registers: [registry], collect() { this.set(pool.waiting); } });
    onFaults(() => pool.resize(faultsOf('pool')[0]?.connections ?? settings.connections));
  }

  // #region query
  /** Runs a query: waits for a connection, works, gives it back. @throws Failure when there is no connection */
  async query<T>(summary: string, run: () => T, attributes: Attributes = {}): Promise<T> {
    if (faultsOf('database-down').length > 0) return this.#refuse();
    const waitedMs = await this.#connect();
    const slow = faultsOf('slow-query').find(({ query }) => query === summary);
    const span = tracer.startSpan(`db.query ${summary}`, { kind: SpanKind.CLIENT, attributes });
    const stopTimer = this.#duration.startTimer({ query: summary });
    try {
      await sleep(draw(this.#settings.query) + (slow === undefined ? 0 : draw(slow.value)));
      return run();
    } finally {
      this.#pool.release();
      stopTimer();
      span.setAttributes({ 'db.query.summary': summary, 'db.pool.wait_ms': waitedMs, 'server.address': this.#host, ...(slow && { 'db.plan': slow.plan }) });
      span.end();
    }
  }

  /** The time that it took to get a connection, in milliseconds. A wait is worth a span only where there was one. */
  async #connect(): Promise<number> {
    if (this.#pool.isFree) {
      await this.#pool.acquire();
      return 0;
    }
    const startedMs = performance.now();
    return tracer.startActiveSpan('db.pool.acquire', async (span) => {
      try {
        await this.#pool.acquire();
      } catch (error) {
        this.#timeouts.inc();
        span.setAttribute('error.type', 'DBConnectionTimeout').setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.setAttribute('db.pool.wait_ms', performance.now() - startedMs);
        span.end();
      }
      return performance.now() - startedMs;
    });
  }
  // #endregion

  async #refuse(): Promise<never> {
    return tracer.startActiveSpan('db.connect', { kind: SpanKind.CLIENT, attributes: { 'server.address': this.#host, 'error.type': 'DBConnectionRefused' } }, async (span) => {
      await sleep(1);
      logger.error({ event: 'db_connect_refused', host: this.#host }, 'database connection refused');
      span.setStatus({ code: SpanStatusCode.ERROR }).end();
      throw new Failure(503, 'DBConnectionRefused');
    });
  }
}
