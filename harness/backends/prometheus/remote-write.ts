import protobuf from 'protobufjs';
import { HarnessError } from '../../model/verdict.ts';
import { remoteWrite1 } from './remote-write-1.ts';
import { postWrite, restoreStaleMarkers, STALE } from './write-request.ts';
import type { Labels, NativeHistogram, Series } from '../../model/dataset.ts';

// Remote Write 2.0, the part that we send. 1.0 drops exemplars of native series that the same request creates.
const SCHEMA = `syntax = "proto3";
message Request { repeated string symbols = 4; repeated TimeSeries timeseries = 5; }
message TimeSeries { repeated uint32 labels_refs = 1; repeated Sample samples = 2; repeated Histogram histograms = 3; repeated Exemplar exemplars = 4; }
message Exemplar { repeated uint32 labels_refs = 1; double value = 2; int64 timestamp = 3; }
message Sample { double value = 1; int64 timestamp = 2; }
message Histogram {
  uint64 count_int = 1; double sum = 3; sint32 schema = 4; double zero_threshold = 5; uint64 zero_count_int = 6;
  repeated BucketSpan positive_spans = 11; repeated sint64 positive_deltas = 12; int64 timestamp = 15;
}
message BucketSpan { sint32 offset = 1; uint32 length = 2; }`;

const root = protobuf.parse(SCHEMA, { keepCase: true }).root;
const Request = root.lookupType('Request');
const TimeSeries = root.lookupType('TimeSeries');

class Symbols {
  readonly list: string[] = [''];
  private readonly index = new Map<string, number>([['', 0]]);
  ref(text: string): number {
    let at = this.index.get(text);
    if (at === undefined) this.index.set(text, (at = this.list.push(text) - 1));
    return at;
  }
  refs(labels: Labels): number[] {
    return Object.keys(labels).sort().flatMap((name) => [this.ref(name), this.ref(labels[name] as string)]);
  }
}

/** Spans of consecutive bucket indexes, and counts as differences to the bucket before, as the wire format wants them. */
function encodeBuckets(buckets: NativeHistogram['buckets']): { spans: { offset: number; length: number }[]; deltas: number[] } {
  const spans: { offset: number; length: number }[] = [];
  const deltas: number[] = [];
  let previousIndex: number | undefined;
  let previousCount = 0;
  for (const [index, count] of buckets) {
    const gap = previousIndex === undefined ? index : index - previousIndex - 1;
    const last = spans.at(-1);
    if (last === undefined || gap > 0) spans.push({ offset: gap, length: 1 });
    else last.length += 1;
    deltas.push(count - previousCount);
    previousIndex = index;
    previousCount = count;
  }
  return { spans, deltas };
}

function encodeHistogram(histogram: NativeHistogram): object {
  const { spans, deltas } = encodeBuckets(histogram.buckets);
  return {
    count_int: histogram.count,
    sum: histogram.stale === true ? STALE : histogram.sum,
    schema: histogram.schema,
    zero_threshold: histogram.zeroThreshold,
    zero_count_int: histogram.zeroCount,
    positive_spans: spans,
    positive_deltas: deltas,
    timestamp: histogram.timestampMs,
  };
}

function encodeSeries(series: Series, symbols: Symbols): object {
  return TimeSeries.fromObject({
    labels_refs: symbols.refs(series.labels),
    samples: series.samples.map(([timestamp, value]) => ({ timestamp, value: value ?? STALE })),
    histograms: series.histograms.map(encodeHistogram),
    exemplars: series.exemplars.map((exemplar) => ({
      labels_refs: symbols.refs(exemplar.labels),
      value: exemplar.value,
      timestamp: exemplar.timestampMs,
    })),
  });
}

/**
 * Sends series to `/api/v1/write` in one request, in the protocol that the server's version knows: 2.0 since Prometheus 3.
 * @param url base URL of a Prometheus with `--web.enable-remote-write-receiver`
 * @param version of the server
 * @throws HarnessError `backend-lost` when it refuses them
 */
export async function remoteWrite(url: string, version: string, series: readonly Series[], signal: AbortSignal): Promise<void> {
  return Number.parseInt(version, 10) < 3 ? remoteWrite1(url, series, signal) : remoteWrite2(url, series, signal);
}

/**
 * One Remote Write 2.0 request.
 * @throws HarnessError `backend-lost` when it refuses them, or stores fewer exemplars than were sent
 */
async function remoteWrite2(url: string, series: readonly Series[], signal: AbortSignal): Promise<void> {
  const symbols = new Symbols();
  const timeseries = series.map((one) => encodeSeries(one, symbols));
  const body = restoreStaleMarkers(Request.encode(Request.create({ symbols: symbols.list, timeseries })).finish());
  const response = await postWrite(url, body, { 'Content-Type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request', 'X-Prometheus-Remote-Write-Version': '2.0.0' }, signal);
  const sent = series.reduce((sum, one) => sum + one.exemplars.length, 0);
  const written = Number(response.headers.get('x-prometheus-remote-write-exemplars-written') ?? 0);
  if (written !== sent) throw new HarnessError('backend-lost', `Prometheus stored ${written} of ${sent} exemplars of one remote write`);
}
