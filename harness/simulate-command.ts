import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { toOtlp } from './backends/jaeger/otlp.ts';
import type { Dataset } from './model/dataset.ts';
import { UsageError } from './pages.ts';
import { countLeftOut, toOpenMetrics } from './picture/open-metrics.ts';
import { renderPage } from './picture/page.ts';
import { readSignals } from './picture/signals.ts';
import { renderSignals } from './picture/terminal.ts';
import { formatCount } from './picture/words.ts';
import { IncidentError, simulate } from './simulate/index.ts';

export interface SimulateOptions {
  readonly root: string;
  /** Names of datasets as authors write them; variants too. */
  readonly names: readonly string[];
  readonly html: boolean;
  /** Absolute folder; a folder of each dataset's name is made in it. Default: `.cache/simulated`. */
  readonly out: string | undefined;
  readonly color: boolean;
  readonly write: (text: string) => void;
}

/**
 * Simulates incidents, prints each at a glance, and writes its three signals: `metrics.txt` (OpenMetrics), `logs.jsonl`, `traces.json` (OTLP);
 * with `html` also `picture.html`.
 * @throws UsageError for names that mean no incident, and for mistakes in its file
 */
export function simulateIncidents({ root, names, html, out = join(root, '.cache/simulated'), color, write }: SimulateOptions): void {
  if (names.length === 0) throw new UsageError('simulate needs an incident: npm run simulate -- checkout-lag. They are under snippets/incidents/');
  for (const name of names) {
    const dataset = simulateNamed(name.replace(/^(?:snippets\/)?incidents\//, '').replace(/\.yaml$/, ''), root);
    const signals = readSignals(dataset);
    const title = titleOf(root, dataset.name);
    const folder = join(out, dataset.name.replace(/[^\w.=,()-]/g, '_'));
    const files = [
      { file: 'metrics.txt', text: toOpenMetrics(dataset.series) },
      { file: 'logs.jsonl', text: writeLogs(dataset) },
      { file: 'traces.json', text: `${JSON.stringify(toOtlp(dataset.traces.flat()))}\n` },
      ...(html ? [{ file: 'picture.html', text: renderPage(readSignals(dataset, 140), title) }] : []),
    ];
    mkdirSync(folder, { recursive: true });
    for (const { file, text } of files) writeFileSync(join(folder, file), text);
    const leftOut = countLeftOut(dataset.series);
    const listed = files.map(({ file, text }) => `${file} (${formatCount(Math.ceil(Buffer.byteLength(text) / 1024))} KiB)`).join(', ');
    write(`${renderSignals(signals, title, color)}\n  ${listed} in ${relative(process.cwd(), resolve(folder)) || '.'}/\n${leftOut === 0 ? '' : `  not in metrics.txt: ${leftOut} native histograms, which OpenMetrics text cannot hold\n`}\n`);
  }
}

function simulateNamed(name: string, root: string): Dataset {
  try {
    return simulate(name, root);
  } catch (error) {
    if (error instanceof IncidentError) throw new UsageError(error.message);
    throw error;
  }
}

function titleOf(root: string, name: string): string {
  const fields = parse(readFileSync(join(root, `snippets/incidents/${name.replace(/\(.*$/, '')}.yaml`), 'utf8')) as { readonly title?: unknown };
  return String(fields.title ?? name);
}

/** The services' own lines, oldest first. */
function writeLogs({ logs }: Dataset): string {
  const entries = logs.flatMap((stream) => stream.entries).sort((a, b) => (BigInt(a.timestampNs) < BigInt(b.timestampNs) ? -1 : BigInt(a.timestampNs) > BigInt(b.timestampNs) ? 1 : 0));
  return entries.map(({ line }) => `${line}\n`).join('');
}
