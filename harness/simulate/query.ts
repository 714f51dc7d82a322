import type { AttributeValue } from '../model/dataset.ts';
import type { Process } from './event-loop.ts';
import { logNormalUs } from './random.ts';
import { alive } from './request.ts';
import type { Scope } from './request.ts';
import { beginSpan } from './tracing.ts';
import { OK } from './visit.ts';
import type { Answer } from './visit.ts';

const TIMED_OUT: Answer = { status: 503, errorType: 'DBConnectionTimeout' };
const REFUSED: Answer = { status: 503, errorType: 'DBConnectionRefused' };

/** One query through the instance's pool. `more` is what its span says beside the usual. */
export function* query(scope: Scope, summary: string, more: Readonly<Record<string, AttributeValue>> = {}): Process<Answer> {
  const { world, visit, instance, span: parent } = scope;
  const database = world.service(instance.service).database;
  const pool = instance.pool;
  if (database === undefined || pool === undefined) return OK;
  const slow = world.active.all('slow-query').find((fault) => fault.service === instance.service && fault.query === summary);
  const ownUs = logNormalUs(database.query.medianUs, database.query.sigma, visit.random.normal());
  const us = ownUs + (slow === undefined ? 0 : logNormalUs(slow.value.medianUs, slow.value.sigma, visit.luck.normal()));
  if (world.active.at('database-down', instance) !== undefined) return yield* refuse(scope);
  const askedUs = world.loop.nowUs;
  const wait = beginSpan(world, visit, instance, 'db.pool.acquire', 'internal', parent.spanId);
  const granted = alive(scope, yield pool.acquire());
  const waitedMs = (world.loop.nowUs - askedUs) / 1000;
  if (waitedMs > 0) wait.end({ 'db.pool.wait_ms': waitedMs }, granted ? undefined : TIMED_OUT.errorType);
  if (!granted) {
    instance.metrics.count('db_pool_timeouts_total', {});
    return TIMED_OUT;
  }
  const span = beginSpan(world, visit, instance, `db.query ${summary}`, 'client', parent.spanId);
  alive(scope, yield us);
  pool.release();
  instance.metrics.declareHistogram('db_query_duration_seconds', { query: summary }, false).observe(us, world.loop.nowUs, visit);
  span.end({ 'db.query.summary': summary, 'db.pool.wait_ms': waitedMs, 'server.address': instance.databaseHost, ...(slow === undefined ? {} : { 'db.plan': slow.plan }), ...more }, undefined);
  return OK;
}

/** Nobody listens at the database's port. */
function* refuse(scope: Scope): Process<Answer> {
  const { world, visit, instance, span: parent } = scope;
  const span = beginSpan(world, visit, instance, 'db.connect', 'client', parent.spanId);
  alive(scope, yield world.incident.networkUs * 2);
  span.end({ 'server.address': instance.databaseHost }, REFUSED.errorType);
  world.log(instance, 'error', { event: 'db_connect_refused', host: instance.databaseHost, trace_id: visit.traceId, span_id: span.spanId }, 'database connection refused');
  return REFUSED;
}
