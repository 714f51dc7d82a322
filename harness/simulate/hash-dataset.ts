import { createHash } from 'node:crypto';
import type { AttributeValue, Dataset } from '../model/dataset.ts';
import { compare } from './series-store.ts';

/** SHA-256 of the dataset's three signals and clock, in hexadecimal. Does not depend on the order of keys in any object. */
export function hashDataset(dataset: Dataset): string {
  const hash = createHash('sha256');
  const add = (value: unknown): void => {
    hash.update(JSON.stringify(value)).update('\n');
  };
  add([dataset.name, dataset.startMs, dataset.endMs, dataset.stepMs, dataset.faultStartMs ?? null, dataset.faultEndMs ?? null]);
  for (const { labels, samples, histograms, exemplars } of dataset.series) {
    add(['series', pairs(labels), samples]);
    for (const h of histograms) add([h.timestampMs, h.schema, h.count, h.sum, h.zeroThreshold, h.zeroCount, h.buckets, h.stale ?? false]);
    for (const exemplar of exemplars) add([pairs(exemplar.labels), exemplar.value, exemplar.timestampMs]);
  }
  for (const { labels, entries } of dataset.logs) {
    add(['stream', pairs(labels)]);
    for (const { timestampNs, line } of entries) hash.update(timestampNs).update(' ').update(line).update('\n');
  }
  for (const trace of dataset.traces) {
    add(['trace', trace.map((span) => [
      span.traceId, span.spanId, span.parentSpanId ?? null, span.service, span.instance, span.operation, span.kind,
      span.startUs, span.durationUs, pairs(span.attributes), span.failed,
    ])]);
  }
  return hash.digest('hex');
}

function pairs(record: Readonly<Record<string, AttributeValue>>): readonly (readonly [string, AttributeValue])[] {
  return Object.entries(record).sort(([a], [b]) => compare(a, b));
}
