import type { LogStream } from '../model/dataset.ts';
import type { LogLevel } from './metrics.ts';
import { compare, labelKey, sortLabels } from './series-store.ts';

/** Fields of a log line, in the order in which it shows them; undefined ones are left out. */
export type LogFields = Readonly<Record<string, string | number | undefined>>;
interface Emitter {
  readonly name: string;
  readonly service: string;
}
interface WritableStream {
  readonly labels: LogStream['labels'];
  readonly head: string;
  readonly base: string;
  readonly entries: { readonly timestampNs: string; readonly line: string }[];
}
/** What the services' logger never writes, and what it writes instead: pino's default. */
const REDACTED: ReadonlySet<string> = new Set(['token', 'card', 'email']);
const CENSOR = '"[Redacted]"';
/** Strings that JSON writes as they are. */
const PLAIN = /^[\w .,:;/()+*=?!<>-]*$/;

/** Log lines as the services' pino writes them, collected into streams by service, level and instance. */
export class LogBook {
  readonly #startMs: number;
  readonly #streams = new Map<Emitter['name'], Map<LogLevel, WritableStream>>();
  readonly #clock = new IsoClock();
  readonly #sink: { line(line: string): void } | undefined;
  /** @param sink takes the lines, which are then not kept */
  constructor(startMs: number, sink?: { line(line: string): void }) {
    this.#sink = sink;
    this.#startMs = startMs;
  }
  /**
   * Writes `level`, `ts`, what the logger was made with, the span's ids, then `fields`, then `msg`: the order of pino with `base` and `mixin`.
   * @param fields in the order in which the line shows them; undefined ones are left out
   * @param first what comes before them, from `renderFields`
   */
  write(emitter: Emitter, level: LogLevel, atUs: number, fields: LogFields, msg: string, first = ''): void {
    const { service, name: instance } = emitter;
    const stream = this.#stream(service, instance, level);
    const ts = this.#clock.print(this.#startMs + Math.floor(atUs / 1000));
    // Joined: a text that grew by additions keeps all its parts in memory.
    const parts = [stream.head, ts, stream.base, first];
    pushFields(parts, fields);
    parts.push(',"msg":', quote(msg), '}');
    if (this.#sink === undefined) stream.entries.push({ timestampNs: `${this.#startMs * 1000 + atUs}000`, line: parts.join('') });
    else this.#sink.line(parts.join(''));
  }
  /** Sorted by labels; each oldest first, since lines are written as the clock goes. */
  finish(): readonly LogStream[] {
    return [...this.#streams.values()].flatMap((levels) => [...levels.values()]).sort((a, b) => compare(labelKey(a.labels), labelKey(b.labels))).map(({ labels, entries }) => ({ labels, entries }));
  }

  #stream(service: string, instance: string, level: LogLevel): WritableStream {
    const levels = this.#streams.get(instance) ?? new Map<LogLevel, WritableStream>();
    let stream = levels.get(level);
    if (stream === undefined) {
      const base = `","service":${quote(service)},"instance":${quote(instance)}`;
      stream = { labels: sortLabels({ service, level, instance }), head: `{"level":"${level}","ts":"`, base, entries: [] };
      this.#streams.set(instance, levels.set(level, stream));
    }
    return stream;
  }
}

/** Fields as they stand in a line, for those that many lines share. */
export function renderFields(fields: LogFields): string {
  const parts: string[] = [];
  pushFields(parts, fields);
  return parts.join('');
}

function pushFields(parts: string[], fields: LogFields): void {
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) parts.push(',"', key, '":', REDACTED.has(key) ? CENSOR : typeof value === 'number' ? String(value) : quote(value));
  }
}

function quote(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** Prints times as `Date.prototype.toISOString` does, which is asked only once for each second. */
class IsoClock {
  #second = NaN;
  #printed = '';

  print(ms: number): string {
    const second = Math.floor(ms / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#printed = new Date(second * 1000).toISOString().slice(0, -'000Z'.length);
    }
    return `${this.#printed}${MILLISECONDS[ms - second * 1000]}`;
  }
}
const MILLISECONDS: readonly string[] = Array.from({ length: 1000 }, (_, ms) => `${String(ms).padStart(3, '0')}Z`);
