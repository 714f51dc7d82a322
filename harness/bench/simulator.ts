import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readIncident } from '../simulate/read-incident.ts';
import { runIncident } from '../simulate/run-incident.ts';
import { measure } from './child.ts';
import { mdTable } from './tables.ts';
import { driveService, generateTraces, testRules, type Row } from './telemetry-peers.ts';

/** The shop on the virtual clock beside other ways to get such data. As a program: `node simulator.ts HOURS` simulates once. */
const SELF = fileURLToPath(import.meta.url);
const ROOT = join(import.meta.dirname, '../..');
/** The load that all rows are related to: requests of users a second, in the proportion of a healthy morning. */
const LOAD = { checkout: 18.6, products: 21.4 } as const;
const HOURS = [0.5, 1, 2] as const;
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

/**
 * Each size so many times, in processes of their own: memory and start-up are theirs too.
 * @returns Markdown
 */
export async function benchSimulator(rounds: number, say: (line: string) => void, signal: AbortSignal): Promise<string> {
  const runs = new Map<number, Simulated>();
  for (let round = 0; round < rounds; round++) for (const hours of HOURS) {
    const run = JSON.parse((await measure(process.execPath, [SELF, String(hours)], { signal })).stdout) as Simulated;
    const best = runs.get(hours);
    if (best === undefined || run.wallS < best.wallS) runs.set(hours, run);
    say(`simulator, ${hours} h: ${run.wallS.toFixed(2)} s, of the processor ${run.cpuS.toFixed(2)} s with start-up`);
  }
  const simulated = [...runs].map(([hours, { wallS, cpuS, peakMb, lines, spans }]) => {
    const requests = hours * 3600 * REQUESTS_PER_SECOND;
    return `| ${hours} h | ${requests} | ${wallS.toFixed(2)} s | ${cpuS.toFixed(2)} s | ${Math.round(peakMb)} MB | ${lines} | ${spans} | ${((wallS / requests) * 1e6).toFixed(1)} |`;
  });
  const longest = HOURS[HOURS.length - 1] ?? 0;
  const whole = runs.get(longest);
  if (whole === undefined) throw new RangeError('nothing was simulated');
  const rows = await comparePeers(whole, longest * 3600, say, signal);
  const compared = rows.map(({ what, perSecond, note }) => `| ${what} | ${perSecond === undefined ? 'not compared' : perSecond.toFixed(perSecond < 100 ? 1 : 0)} | ${note} |`);
  return mdTable(`| simulated, best of ${rounds} | requests | wall | processor, with start-up | peak memory | lines | stored spans | µs a request |`, simulated)
    + `\n${mdTable('| | simulated seconds a second | |', compared)}`;
}

async function comparePeers(whole: Simulated, seconds: number, say: (line: string) => void, signal: AbortSignal): Promise<Row[]> {
  const rows: Row[] = [{ what: 'the simulator, all three signals', perSecond: seconds / whole.wallS, note: 'five services, two databases; one core' }];
  for (const peer of [() => driveService(ROOT, REQUESTS_PER_SECOND), () => testRules(ROOT, whole.series), () => generateTraces(whole.spans / seconds)]) {
    signal.throwIfAborted();
    const row = await peer();
    say(`${row.what}: ${row.perSecond?.toFixed(0) ?? row.note}`);
    rows.push(row);
  }
  return rows;
}

if (process.argv[1] === SELF) process.stdout.write(JSON.stringify(simulateOnce(Number(process.argv[2]))));
