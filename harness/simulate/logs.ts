import type { LogStream } from '../model/dataset.ts';
import type { LogLevel } from './metrics.ts';
import { compare, labelKey, sortLabels } from './series-store.ts';

interface Emitter {
  readonly name: string;
  readonly service: string;
}
interface WritableStream {
  readonly labels: LogStream['labels'];
  readonly entries: { readonly timestampNs: string; readonly line: string }[];
}
/** Log lines as the services' pino writes them, collected into streams by service, level and instance. */
export class LogBook {
  readonly #startMs: number;
  readonly #streams = new Map<string, WritableStream>();
  constructor(startMs: number) {
    this.#startMs = startMs;
  }
  /** @param fields in the order in which the line shows them; undefined ones are left out */
  write(emitter: Emitter, level: LogLevel, atUs: number, fields: Readonly<Record<string, string | number | undefined>>, msg: string): void {
    const { service, name: instance } = emitter;
    const key = `${instance} ${level}`;
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = { labels: sortLabels({ service, level, instance }), entries: [] };
      this.#streams.set(key, stream);
    }
    const ts = new Date(this.#startMs + Math.floor(atUs / 1000)).toISOString();
    stream.entries.push({
      timestampNs: `${this.#startMs * 1000 + atUs}000`,
      line: JSON.stringify({ level, ts, service, instance, ...fields, msg }),
    });
  }
  /** Sorted by labels; each oldest first, since lines are written as the clock goes. */
  finish(): readonly LogStream[] {
    return [...this.#streams.values()].sort((a, b) => compare(labelKey(a.labels), labelKey(b.labels)));
  }
}
