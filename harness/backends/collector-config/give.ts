import { stringify } from 'yaml';
import type { StartedContainer } from '../../model/backend.ts';
import { askFrom, readProbeClock } from '../trial/ask.ts';
import type { Door, Plan, Signal } from './plan.ts';
import { GIVEN, makeLines, makeOtlp } from './sample.ts';
import type { Surroundings } from './services.ts';
import { startCollector } from './start.ts';

const SENDER_PORT = 4318;

/** What could not be handed in: the receiver, and why. */
export interface Refused {
  readonly receiver: string;
  readonly said: string;
}

/** A file for each pattern that a receiver reads. @param nowMs the time that its lines state */
export function filesOf({ doors }: Plan, nowMs: number): { readonly path: string; readonly content: string }[] {
  return doors.filter(({ kind }) => kind === 'file').flatMap(({ names }) => names.map((pattern) => ({ path: pattern.replaceAll('**', 'technow').replaceAll('*', 'checkout'), content: makeLines(nowMs) })));
}

/** Hands in what each receiver of OTLP takes; files and pages are there already. @returns what was refused @throws HarnessError */
export async function handIn(around: Surroundings, { doors }: Plan, host: string, signal: AbortSignal): Promise<Refused[]> {
  const { probe } = around;
  const otlp = makeOtlp(await readProbeClock(probe, signal));
  const refused: Refused[] = [];
  for (const door of doors.filter(({ kind }) => kind === 'http' || kind === 'grpc')) {
    await using _sender = door.kind === 'http' ? undefined : await startSender(around, door, host, signal);
    const base = door.kind === 'http' ? `http://${host}:${door.port}` : `http://${senderOf(host)}:${SENDER_PORT}`;
    for (const one of door.signals) {
      const { status, body } = await askFrom(probe, `${base}/v1/${one}`, { headers: { 'Content-Type': 'application/json' }, body: otlp[one] }, signal);
      if (status !== 200) refused.push({ receiver: door.receiver, said: explainStatus(door, status, body) });
    }
  }
  return refused.filter(({ receiver }, index) => refused.findIndex((one) => one.receiver === receiver) === index);
}

const senderOf = (host: string): string => `${host}-sender`;

/** A second Collector, which takes OTLP by HTTP and passes it on by gRPC. It is started when the name that it asks for is there. */
function startSender(around: Surroundings, { port, signals }: Door, host: string, signal: AbortSignal): Promise<StartedContainer> {
  const config = stringify({
    receivers: { otlp: { protocols: { http: { endpoint: `0.0.0.0:${SENDER_PORT}` } } } },
    exporters: { otlp_grpc: { endpoint: `${host}:${port}`, tls: { insecure: true }, sending_queue: { enabled: false }, retry_on_failure: { enabled: false } } },
    service: { pipelines: Object.fromEntries(signals.map((one) => [one, { receivers: ['otlp'], exporters: ['otlp_grpc'] }])) },
  });
  return startCollector(around, config, senderOf(host), [], signal);
}

function explainStatus({ kind, port }: Door, status: number, body: string): string {
  if (status === 0 || /connection refused|Unavailable/i.test(body)) return `nothing listens on port ${port} for other containers. Without an \`endpoint\` it listens on \`localhost:${port}\` only: write \`endpoint: 0.0.0.0:${port}\` below \`${kind}:\``;
  return `it answered ${status}: ${body.trim().slice(0, 300)}`;
}

/** What was handed in for a signal, in words. @param from receivers and connectors that a pipeline begins with */
export function describeGiven({ doors }: Plan, signal: Signal, from: readonly string[]): string {
  return from.map((id) => {
    const door = doors.find(({ receiver }) => receiver === id);
    if (door === undefined) return `what ${id} makes of the traces`;
    const what = door.kind === 'file' ? GIVEN.file : door.kind === 'scrape' ? GIVEN.scrape : GIVEN[signal];
    return `${what}, given to ${id}`;
  }).join('; ');
}
