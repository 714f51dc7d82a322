import { HarnessError } from '../../model/verdict.ts';
import { parseLine } from '../live/logs.ts';
import { TENANT } from '../live/stack.ts';

/** What one process wrote so far: whoever adds to it says only what is new. */
export class Collector {
  readonly #labels: Readonly<Record<string, string>>;
  #taken = 0;
  #lastNs = 0n;

  constructor(labels: Readonly<Record<string, string>>) {
    this.#labels = labels;
  }
  /** Loki's streams of the whole lines that `text`, all that was written, has more than last time. A line's time is its own `ts`. */
  takeStreams(text: string): readonly object[] {
    const lines = text.split('\n').slice(0, -1);
    const fresh = lines.slice(this.#taken).map((line) => ({ line, fields: parseLine(line) }));
    this.#taken = lines.length;
    const stamped = fresh.map(({ line, fields }) => ({ level: fields?.['level'], value: [this.#stamp(fields?.['ts']), line] }));
    return [...Map.groupBy(stamped, ({ level }) => level)].map(([level, entries]) => ({
      stream: { ...this.#labels, ...(typeof level === 'string' && { level }) }, values: entries.map(({ value }) => value),
    }));
  }
  /** Nanoseconds that rise with every line: two of the same millisecond keep their order. */
  #stamp(ts: unknown): string {
    const atNs = BigInt(Date.parse(String(ts)) || 0) * 1_000_000n;
    this.#lastNs = atNs > this.#lastNs ? atNs : this.#lastNs + 1n;
    return String(this.#lastNs);
  }
}

/** @throws HarnessError `backend-lost` with Loki's words when it does not take them */
export async function pushStreams(url: string, streams: readonly object[], signal: AbortSignal): Promise<void> {
  if (streams.length === 0) return;
  const response = await fetch(`${url}/loki/api/v1/push`, {
    method: 'POST', body: JSON.stringify({ streams }), headers: { 'Content-Type': 'application/json', 'X-Scope-OrgID': TENANT }, signal,
  });
  const text = await response.text();
  if (!response.ok) throw new HarnessError('backend-lost', `Loki answered ${response.status} to the shop's log lines: ${text.slice(0, 400)}`);
}
