import protobuf from 'protobufjs';
import type { Series } from '../../model/dataset.ts';
import { postWrite, restoreStaleMarkers, STALE } from './write-request.ts';

// Remote Write 1.0: prometheus/prompb/remote.proto and types.proto, the part that we send.
const { root } = protobuf.parse(`syntax = "proto3";
message WriteRequest { repeated TimeSeries timeseries = 1; }
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; }`, { keepCase: true });
const WriteRequest = root.lookupType('WriteRequest');

/**
 * Sends series in one Remote Write 1.0 request. Prometheus 2 takes no native histogram of the past, and drops exemplars that are older than
 * what it has: neither is sent, so that it has none of them on every run.
 * @throws HarnessError `backend-lost` when the server refuses them
 */
export async function remoteWrite1(url: string, series: readonly Series[], signal: AbortSignal): Promise<void> {
  const timeseries = series.filter(({ samples }) => samples.length > 0).map(({ labels, samples }) => ({
    labels: Object.keys(labels).sort().map((name) => ({ name, value: labels[name] })),
    samples: samples.map(([timestamp, value]) => ({ timestamp, value: value ?? STALE })),
  }));
  const body = restoreStaleMarkers(WriteRequest.encode(WriteRequest.fromObject({ timeseries })).finish());
  await postWrite(url, body, { 'Content-Type': 'application/x-protobuf', 'X-Prometheus-Remote-Write-Version': '0.1.0' }, signal);
}
