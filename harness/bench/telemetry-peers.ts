import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../backends/engine-cache.ts';
import { prepareGo } from '../backends/engine-go.ts';
import { presentTool } from '../backends/engine-tools.ts';

/** Other ways to get such data, for `npm run bench`. What cannot be had on a machine is said to be not compared. */
export interface Row {
  readonly what: string;
  /** Seconds of the shop at its load that come out of one second; undefined when it was not compared. */
  readonly perSecond: number | undefined;
  readonly note: string;
}
const TELEMETRYGEN = { module: 'github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen', version: 'v0.161.0' };

/** One real service out of five, with its telemetry on, as many requests at once as it likes, for five seconds. */
export async function driveService(root: string, requestsPerSecond: number): Promise<Row> {
  const what = 'the real checkout service, one of the five';
  const sink = createServer((request, response) => { request.resume().on('end', () => response.end('{}')); }).listen(0, '127.0.0.1');
  await new Promise((ready) => sink.once('listening', ready));
  const url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  const service = spawn(process.execPath, ['snippets/technow/checkout.ts'], {
    cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DISCOUNT_URL: url, OTEL_EXPORTER_OTLP_ENDPOINT: url },
  });
  const gone = new Promise<void>((resolve) => service.once('exit', () => resolve()));
  try {
    if (!(await answers('http://127.0.0.1:8080/metrics', gone))) return { what, perSecond: undefined, note: 'it did not start; is port 8080 taken?' };
    const served = await drive('http://127.0.0.1:8080/checkout', 5_000);
    return { what, perSecond: served / requestsPerSecond, note: `${Math.round(served)} requests a second, 32 at once, over loopback; spans to a sink` };
  } finally {
    service.kill('SIGKILL');
    await gone;
    sink.closeAllConnections();
    sink.close();
  }
}
async function answers(url: string, gone: Promise<void>): Promise<boolean> {
  let ended = false;
  void gone.then(() => { ended = true; });
  for (const deadline = performance.now() + 20_000; performance.now() < deadline && !ended;) {
    const up = await fetch(url).then((response) => response.text().then(() => response.ok), () => false);
    if (up) return true;
  }
  return false;
}
/** Requests a second that were answered. */
async function drive(url: string, forMs: number): Promise<number> {
  let served = 0;
  const began = performance.now();
  const body = JSON.stringify({ id: 'o-1', role: 'standard', items: 2 });
  await Promise.all(Array.from({ length: 32 }, async () => {
    while (performance.now() - began < forMs) {
      const response = await fetch(url, { method: 'POST', body });
      await response.arrayBuffer();
      served++;
    }
  }));
  return served / ((performance.now() - began) / 1000);
}

/** `promtool test rules` over as many series as the shop has: metrics only, and the same for every series. */
export async function testRules(root: string, series: number): Promise<Row> {
  const what = 'promtool test rules, metrics only';
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const steps = 480;
  const promtool = await presentTool(root, 'prometheus', 'promtool');
  if (promtool === undefined) return { what, perSecond: undefined, note: 'npm run verify, once, takes promtool out of its image' };
  try {
    const input = Array.from({ length: series }, (_, index) => `      - {series: 'm{n="${index}"}', values: '0+${index}x${steps}'}`).join('\n');
    writeFileSync(join(folder, 'test.yml'), `evaluation_interval: 15s\ntests:\n  - interval: 15s\n    input_series:\n${input}\n    promql_expr_test:\n`
      + `      - {expr: count(m), eval_time: 2h, exp_samples: [{labels: '{}', value: ${series}}]}\n`);
    const began = performance.now();
    const { status, error } = spawnSync(promtool, ['test', 'rules', 'test.yml'], { cwd: folder });
    if (error !== undefined || status !== 0) return { what, perSecond: undefined, note: 'promtool refused the file' };
    return { what, perSecond: (steps * 15) / ((performance.now() - began) / 1000), note: `${series} series of ${steps} samples; no lines, no traces` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** OpenTelemetry's generator: traces of two equal spans. @param spansPerSecond stored ones of the simulated shop */
export async function generateTraces(spansPerSecond: number): Promise<Row> {
  const what = 'telemetrygen traces, stored spans only';
  const program = await installTelemetrygen();
  if (program === undefined) return { what, perSecond: undefined, note: 'telemetrygen could not be built: it needs a Go module proxy' };
  const sink = createServer((request, response) => { request.resume().on('end', () => response.end('{}')); }).listen(0, '127.0.0.1');
  await new Promise((ready) => sink.once('listening', ready));
  const traces = 100_000;
  const endpoint = `127.0.0.1:${(sink.address() as AddressInfo).port}`;
  const began = performance.now();
  const generator = spawn(program, ['traces', '--otlp-http', '--otlp-insecure', '--otlp-endpoint', endpoint, '--traces', String(traces / 2), '--workers', '2', '--rate', '0'], { stdio: 'ignore' });
  const code = await new Promise<number | null>((done) => generator.once('error', () => done(null)).once('exit', done));
  sink.closeAllConnections();
  sink.close();
  if (code !== 0) return { what, perSecond: undefined, note: 'telemetrygen did not end well' };
  const seconds = (performance.now() - began) / 1000;
  return { what, perSecond: (traces * 2) / seconds / spansPerSecond, note: `${Math.round((traces * 2) / seconds)} spans a second; no metrics, no lines, all spans alike` };
}


/** Into the cache, once. */
async function installTelemetrygen(): Promise<string | undefined> {
  const { module, version } = TELEMETRYGEN;
  const folder = cacheFolder('bench', `telemetrygen-${version}`);
  const program = join(folder, 'telemetrygen');
  if (existsSync(program)) return program;
  const go = await prepareGo(process.arch === 'arm64' ? 'arm64' : 'amd64', () => undefined, new AbortController().signal).catch(() => undefined);
  if (go === undefined) return undefined;
  const { status } = spawnSync('go', ['install', `${module}@${version}`], { env: { ...go, GOBIN: folder, GOFLAGS: '-modcacherw -buildvcs=false -mod=mod' }, stdio: ['ignore', 'ignore', 'inherit'] });
  return status === 0 ? program : undefined;
}
