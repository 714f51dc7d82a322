import type { Dataset } from '../../model/dataset.ts';

type Fields = Readonly<Record<string, unknown>>;
/** The lines of one event of one service, as a dataset has them. */
export interface EventLines {
  /** Fields with the types that occur, and those that every line has. */
  readonly types: ReadonlyMap<string, ReadonlySet<string>>;
  readonly always: ReadonlySet<string>;
  /** By `ts`. */
  readonly at: ReadonlyMap<string, readonly Fields[]>;
}

const indexes = new WeakMap<Dataset, ReadonlyMap<string, EventLines>>();

/** Lines of an event that a service logs in a dataset; undefined where there is none: then nothing is known of it. */
export function findEventLines(dataset: Dataset, service: string, event: string): EventLines | undefined {
  let index = indexes.get(dataset);
  if (index === undefined) indexes.set(dataset, (index = readLines(dataset)));
  return index.get(`${service} ${event}`);
}

function readLines(dataset: Dataset): Map<string, EventLines> {
  const lines = dataset.logs.flatMap(({ entries }) => entries.map(({ line }) => parseObject(line)).filter((line) => line !== undefined));
  return new Map([...Map.groupBy(lines, (line) => `${String(line['service'])} ${String(line['event'])}`)].map(([key, same]) => [key, summarise(same)]));
}

function summarise(lines: readonly Fields[]): EventLines {
  const types = new Map<string, Set<string>>();
  for (const line of lines) for (const [name, value] of Object.entries(line)) types.set(name, (types.get(name) ?? new Set()).add(typeof value));
  return { types, always: new Set([...types.keys()].filter((name) => lines.every((line) => Object.hasOwn(line, name)))), at: Map.groupBy(lines, (line) => String(line['ts'])) };
}

function parseObject(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Fields : undefined;
  } catch {
    return undefined;
  }
}
