import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readIncident } from './simulate/read-incident.ts';
import { runIncident } from './simulate/run-incident.ts';

/** `npm run bench`: the shop on the virtual clock beside other ways to get such data. What is not installed is said to be not compared. */
const SELF = fileURLToPath(import.meta.url);
const ROOT = resolve(SELF, '../..');
/** The load that all rows are related to: requests of users a second, in the proportion of a healthy morning. */
const LOAD = { checkout: 18.6, products: 21.4 } as const;
const REQUESTS_PER_SECOND = LOAD.checkout + LOAD.products;

/** What one child measured. */
interface Simulated {
  readonly wallS: number;
  readonly cpuS: number;
  readonly peakMb: number;
  readonly lines: number;
  readonly spans: number;
  readonly series: number;
}
interface Row {
  readonly what: string;
  /** Seconds of the shop at that load that come out of one second; undefined when it was not compared. */
  readonly perSecond: number | undefined;
  readonly note: string;
}

/** Runs a healthy morning at the load for so many hours, lines and spans given away as they come. */
function simulateOnce(hours: number): Simulated {
  const text = readFileSync(join(ROOT, 'snippets/incidents/healthy.yaml'), 'utf8')
    .replace(/POST \/checkout: [\d.]+/, `POST /checkout: ${LOAD.checkout}`)
    .replace(/GET \/products: [\d.]+/, `GET /products: ${LOAD.products}`)
    .replace(/^duration: .*$/m, `duration: ${hours * 60}m`);
  const incident = readIncident('healthy.yaml', text, { incident: 'healthy', overrides: [] });
  let lines = 0;
  let spans = 0;
  const began = performance.now();
  const { dataset } = runIncident('bench', incident, { sink: { line: () => lines++, trace: (trace) => { spans += trace.length; } } });
  const wallS = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage();
  return { wallS, cpuS: (user + system) / 1e6, peakMb: process.resourceUsage().maxRSS / 1024, lines, spans, series: dataset.series.length };
}
/** In a process of its own, so that memory and start-up are its own too. */
function simulateInChild(hours: number): Simulated {
  const { stdout, stderr, status } = spawnSync(process.execPath, [SELF, 'simulate', String(hours)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the simulation of ${hours} h ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Simulated;
}

/** One real service out of five, with its telemetry on, as many requests at once as it likes, for five seconds. */
async function driveService(): Promise<Row> {
  const what = 'the real checkout service, one of the five';
  const sink = createServer((request, response) => { request.resume().on('end', () => response.end('{}')); }).listen(0, '127.0.0.1');
  await new Promise((ready) => sink.once('listening', ready));
  const url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  const service = spawn(process.execPath, ['snippets/technow/checkout.ts'], {
    cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DISCOUNT_URL: url, OTEL_EXPORTER_OTLP_ENDPOINT: url },
  });
  const gone = new Promise<void>((resolve) => service.once('exit', () => resolve()));
  try {
    if (!(await answers('http://127.0.0.1:8080/metrics', gone))) return { what, perSecond: undefined, note: 'it did not start; is port 8080 taken?' };
    const served = await drive('http://127.0.0.1:8080/checkout', 5_000);
    return { what, perSecond: served / REQUESTS_PER_SECOND, note: `${Math.round(served)} requests a second, 32 at once, over loopback; spans to a sink` };
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
function testRules(series: number): Row {
  const what = 'promtool test rules, metrics only';
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const steps = 480;
  try {
    const input = Array.from({ length: series }, (_, index) => `      - {series: 'm{n="${index}"}', values: '0+${index}x${steps}'}`).join('\n');
    writeFileSync(join(folder, 'test.yml'), `evaluation_interval: 15s\ntests:\n  - interval: 15s\n    input_series:\n${input}\n    promql_expr_test:\n`
      + `      - {expr: count(m), eval_time: 2h, exp_samples: [{labels: '{}', value: ${series}}]}\n`);
    const began = performance.now();
    const { status, error } = spawnSync('promtool', ['test', 'rules', 'test.yml'], { cwd: folder });
    if (error !== undefined || status !== 0) return { what, perSecond: undefined, note: 'promtool is not on the PATH, or refused the file' };
    return { what, perSecond: (steps * 15) / ((performance.now() - began) / 1000), note: `${series} series of ${steps} samples; no lines, no traces` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** OpenTelemetry's generator: traces of two equal spans. @param spansPerSecond stored ones of the simulated shop */
async function generateTraces(spansPerSecond: number): Promise<Row> {
  const what = 'telemetrygen traces, stored spans only';
  const sink = createServer((request, response) => { request.resume().on('end', () => response.end('{}')); }).listen(0, '127.0.0.1');
  await new Promise((ready) => sink.once('listening', ready));
  const traces = 100_000;
  const endpoint = `127.0.0.1:${(sink.address() as AddressInfo).port}`;
  const began = performance.now();
  const generator = spawn('telemetrygen', ['traces', '--otlp-http', '--otlp-insecure', '--otlp-endpoint', endpoint, '--traces', String(traces / 2), '--workers', '2', '--rate', '0'], { stdio: 'ignore' });
  const code = await new Promise<number | null>((done) => generator.once('error', () => done(null)).once('exit', done));
  sink.closeAllConnections();
  sink.close();
  if (code !== 0) return { what, perSecond: undefined, note: 'telemetrygen is not on the PATH, or did not end well' };
  const seconds = (performance.now() - began) / 1000;
  return { what, perSecond: (traces * 2) / seconds / spansPerSecond, note: `${Math.round((traces * 2) / seconds)} spans a second; no metrics, no lines, all spans alike` };
}

async function main(): Promise<void> {
  const hours = [0.5, 1, 2].map((value) => ({ value, best: [0, 1, 2].map(() => simulateInChild(value)).reduce((a, b) => (a.cpuS < b.cpuS ? a : b)) }));
  process.stdout.write(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}; best of 3 by processor time\n\n`);
  process.stdout.write('| simulated | requests | wall | processor | peak memory | lines | stored spans | µs a request |\n|---|---|---|---|---|---|---|---|\n');
  for (const { value, best } of hours) {
    const requests = value * 3600 * REQUESTS_PER_SECOND;
    process.stdout.write(`| ${value} h | ${requests} | ${best.wallS.toFixed(2)} s | ${best.cpuS.toFixed(2)} s | ${Math.round(best.peakMb)} MB | ${best.lines} | ${best.spans} | ${((best.cpuS / requests) * 1e6).toFixed(1)} |\n`);
  }
  const whole = hours[hours.length - 1];
  if (whole === undefined) return;
  const seconds = whole.value * 3600;
  const rows: readonly Row[] = [
    { what: 'the simulator, all three signals', perSecond: seconds / whole.best.cpuS, note: 'five services, two databases' },
    await driveService(),
    testRules(whole.best.series),
    await generateTraces(whole.best.spans / seconds),
  ];
  process.stdout.write('\n| | simulated seconds a second | |\n|---|---|---|\n');
  for (const { what, perSecond, note } of rows) process.stdout.write(`| ${what} | ${perSecond === undefined ? 'not compared' : perSecond.toFixed(perSecond < 100 ? 1 : 0)} | ${note} |\n`);
}

const [mode, hours] = process.argv.slice(2);
if (mode === 'simulate') process.stdout.write(JSON.stringify(simulateOnce(Number(hours))));
else await main();
