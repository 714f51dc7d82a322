import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { driveService, generateTraces, testRules } from './bench-peers.ts';
import type { Row } from './bench-peers.ts';
import { readIncident } from './simulate/read-incident.ts';
import { runIncident } from './simulate/run-incident.ts';

/** `npm run bench`: the shop on the virtual clock beside other ways to get such data. Prints the tables and writes them into BENCHMARKS.md. */
const SELF = fileURLToPath(import.meta.url);
const ROOT = resolve(SELF, '../..');
/** The load that all rows are related to: requests of users a second, in the proportion of a healthy morning. */
const LOAD = { checkout: 18.6, products: 21.4 } as const;
const FILE = join(ROOT, 'harness/BENCHMARKS.md');
const MARKS = ['<!-- npm run bench writes what follows -->', '<!-- to here -->'] as const;
const HOURS = [0.5, 1, 2] as const;
const ROUNDS = 5;
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

function mdTable(header: string, rows: readonly string[]): string {
  const columns = header.split('|').length - 2;
  return `${header}\n|${'---|'.repeat(columns)}\n${rows.join('\n')}\n`;
}

async function main(): Promise<void> {
  const runs = new Map<number, Simulated>();
  // Interleaved, so that a busy minute of the machine meets all sizes alike.
  for (let round = 0; round < ROUNDS; round++) for (const hours of HOURS) {
    const run = simulateInChild(hours);
    const best = runs.get(hours);
    if (best === undefined || run.wallS < best.wallS) runs.set(hours, run);
    process.stderr.write(`${hours} h: ${run.wallS.toFixed(2)} s, of the processor ${run.cpuS.toFixed(2)} s with start-up\n`);
  }
  const simulated = [...runs].map(([hours, { wallS, cpuS, peakMb, lines, spans }]) => {
    const requests = hours * 3600 * REQUESTS_PER_SECOND;
    return `| ${hours} h | ${requests} | ${wallS.toFixed(2)} s | ${cpuS.toFixed(2)} s | ${Math.round(peakMb)} MB | ${lines} | ${spans} | ${((wallS / requests) * 1e6).toFixed(1)} |`;
  });
  const whole = runs.get(HOURS[HOURS.length - 1] ?? 0);
  if (whole === undefined) throw new Error('nothing was simulated');
  const seconds = (HOURS[HOURS.length - 1] ?? 0) * 3600;
  const rows: readonly Row[] = [
    { what: 'the simulator, all three signals', perSecond: seconds / whole.wallS, note: 'five services, two databases; one core' },
    await driveService(ROOT, REQUESTS_PER_SECOND), await testRules(ROOT, whole.series), await generateTraces(whole.spans / seconds),
  ];
  const compared = rows.map(({ what, perSecond, note }) => `| ${what} | ${perSecond === undefined ? 'not compared' : perSecond.toFixed(perSecond < 100 ? 1 : 0)} | ${note} |`);
  const report = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, load average ${loadavg().map((load) => load.toFixed(1)).join(', ')} at the end; best of ${ROUNDS} by wall time\n\n`
    + mdTable('| simulated | requests | wall | processor, with start-up | peak memory | lines | stored spans | µs a request |', simulated)
    + `\n${mdTable('| | simulated seconds a second | |', compared)}`;
  process.stdout.write(report);
  const text = readFileSync(FILE, 'utf8');
  writeFileSync(FILE, `${text.slice(0, text.indexOf(MARKS[0]) + MARKS[0].length)}\n\n${report}\n${text.slice(text.indexOf(MARKS[1]))}`);
}

const [mode, hours] = process.argv.slice(2);
if (mode === 'simulate') process.stdout.write(JSON.stringify(simulateOnce(Number(hours))));
else await main();
