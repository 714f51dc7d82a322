import { SpanKind } from '@opentelemetry/api';
import { recordCall } from './client.ts';
import { Failure } from './failure.ts';
import { faultsOf, onFaults, type FaultOf } from './faults.ts';
import { draw, sleep } from './settings.ts';
import { logger, tracer } from './telemetry.ts';
import { currentUser } from './user.ts';

/** What the faults of now do to a request before it is worked on. @throws Failure where one ends it */
export async function suffer(endpoint: string): Promise<void> {
  const user = currentUser();
  for (const { value } of faultsOf('busy-loop', user, endpoint)) {
    const untilMs = performance.now() + draw(value);
    while (performance.now() < untilMs);
  }
  for (const { value, call } of faultsOf('latency', user, endpoint)) {
    if (call === undefined) await sleep(draw(value));
    else await askOutside(call, draw(value));
  }
  const [failing] = faultsOf('errors', user, endpoint);
  if (failing === undefined) return;
  const code = pickCode(failing);
  throw new Failure(failing.status, failing.errorType ?? code, code);
}

/** Somebody else's service, of which we only see how long it takes. */
async function askOutside({ peer, endpoint }: NonNullable<FaultOf<'latency'>['call']>, ms: number): Promise<void> {
  await tracer.startActiveSpan(`${peer} ${endpoint}`, { kind: SpanKind.CLIENT }, async (span) => {
    await sleep(ms);
    recordCall(peer, ms / 1000);
    span.setAttributes({ 'server.address': peer, 'http.response.status_code': 200 }).end();
  });
}

function pickCode({ codes }: FaultOf<'errors'>): string {
  let left = Math.random();
  for (const [code, share] of Object.entries(codes)) {
    left -= share;
    if (left < 0) return code;
  }
  return Object.keys(codes).at(-1) ?? '';
}

/** Faults of the process rather than of a request. */
export function sufferAtOnce(): void {
  onFaults(() => {
    logger.level = faultsOf('log-level').length > 0 ? 'debug' : 'info';
    const [down] = faultsOf('instance-down');
    if (down !== undefined) process.kill(process.pid, down.graceful ? 'SIGTERM' : 'SIGKILL');
  });
}
