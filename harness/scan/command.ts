import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SCAN_TOOLS } from '../model/scan-tools.ts';
import { formatError } from '../report/errors.ts';
import { listDocuments } from './list-documents.ts';
import type { Loader, ScanReport } from './model.ts';
import { scanExitCode, scanReporters, type ScanReporter } from './report.ts';
import { scanDocuments } from './scan.ts';

export const SCAN_HELP = `Usage: npm run scan -- FILE|FOLDER… [options]

Judges the code in any Markdown or MDX, also not ours: nothing has to be marked in it. What a sample is, is
guessed from its tag, title and content and from the words around it. Needs no container engine but with --run.

  passed    its own parser or program reads it
  failed    it is refused, and nothing speaks for its being meant so
  unknown   nobody can know: a part, a placeholder, a package that is not here, a kind that nothing judges

  --run                    real servers, cut off from everything, also load what they can: configuration of
                           Prometheus and Alertmanager, and rules; code is never run
  --explain                what each sample was taken for and why, and why it is unknown
  --report FORMAT[=FILE]   terminal, json or sarif; may be given more than once; without FILE to standard output
  --help

Exit codes: 0 nothing is wrong, 1 a sample failed, 2 the harness or a program broke, a file could not be
read, or the command line means nothing, 130 interrupted.
`;

export interface ScanSurroundings {
  readonly root: string;
  /** Paths of the command line are relative to it. */
  readonly folder: string;
  readonly tool: (name: string) => Promise<string | undefined>;
  readonly color: boolean;
  readonly write: (text: string) => void;
  readonly warn: (text: string) => void;
  readonly signal: AbortSignal;
  /** For `--run`. @throws HarnessError `engine-missing` */
  readonly openLoader?: () => Promise<Loader>;
}
interface Wanted {
  readonly reporter: ScanReporter;
  readonly file: string | undefined;
}

/** `scan` with its own words of the command line. @returns the exit code */
export async function runScan(argv: readonly string[], surroundings: ScanSurroundings): Promise<number> {
  const read = readWords(argv, surroundings.folder);
  if ('help' in read) {
    surroundings.write(SCAN_HELP);
    return 0;
  }
  if ('mistake' in read) {
    surroundings.warn(`error: ${read.mistake}\nSee npm run scan -- --help\n`);
    return 2;
  }
  const report = await scan(read.paths, surroundings, read.run);
  return Math.max(writeReports(report, read.wanted, read.explain, surroundings), scanExitCode(report));
}

type Words = { readonly help: true } | { readonly mistake: string } | { readonly paths: readonly string[]; readonly explain: boolean; readonly run: boolean; readonly wanted: readonly Wanted[] };

function readWords(argv: readonly string[], folder: string): Words {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: { explain: { type: 'boolean' }, run: { type: 'boolean' }, report: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } } });
    if (values.help === true) return { help: true };
    if (positionals.length === 0) return { mistake: 'found no file and no folder, expected at least one: name what is to be scanned' };
    const paths = positionals.map((path) => resolve(folder, path));
    const missing = paths.findIndex((path) => !existsSync(path));
    if (missing !== -1) return { mistake: `there is no file or folder ${positionals[missing] ?? ''}` };
    const wanted = (values.report ?? ['terminal']).map((text) => ({ name: text.split('=')[0] ?? '', file: text.includes('=') ? text.slice(text.indexOf('=') + 1) : undefined }));
    const unknown = wanted.find(({ name }) => !scanReporters.some((reporter) => reporter.name === name));
    if (unknown !== undefined) return { mistake: `there is no report "${unknown.name}" of a scan; there are: ${scanReporters.map(({ name }) => name).join(', ')}` };
    const chosen = wanted.map(({ name, file }) => ({ reporter: scanReporters.find((one) => one.name === name) as ScanReporter, file }));
    const terminal = scanReporters[0] as ScanReporter;
    return { paths, explain: values.explain ?? false, run: values.run ?? false, wanted: chosen.some(({ file }) => file === undefined) ? chosen : [{ reporter: terminal, file: undefined }, ...chosen] };
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

/** Everything between the command line and the reports. @param paths absolute, existing */
export async function scan(paths: readonly string[], { root, folder, tool, signal, openLoader }: Pick<ScanSurroundings, 'root' | 'folder' | 'tool' | 'signal' | 'openLoader'>, isRun = false): Promise<ScanReport> {
  const startedMs = performance.now();
  const { documents, errors } = listDocuments(paths, folder);
  const broken: Error[] = [...errors, ...(documents.length + errors.length > 0 ? [] : [new Error('found no Markdown: expected files that end in .md or .mdx in what was named')])];
  await using loader = isRun ? await openLoader?.().catch((error: unknown) => void broken.push(error as Error)) : undefined;
  const verdicts = await scanDocuments(documents, { root, tool, signal, documents, loader: loader ?? undefined, onBroken: (error) => broken.push(error) });
  const found = await Promise.all(SCAN_TOOLS.map(async (name) => ({ name, path: await tool(name) })));
  return {
    files: documents.map(({ file }) => file), verdicts, errors: broken,
    tools: { present: found.filter(({ path }) => path !== undefined).map(({ name }) => name), missing: found.filter(({ path }) => path === undefined).map(({ name }) => name) },
    elapsedMs: performance.now() - startedMs,
  };
}

/** A report that cannot be written takes no other with it. */
function writeReports(report: ScanReport, wanted: readonly Wanted[], explain: boolean, { folder, color, write, warn }: ScanSurroundings): number {
  const readSource = (file: string): string | undefined => (existsSync(resolve(folder, file)) ? readFileSync(resolve(folder, file), 'utf8') : undefined);
  let code = 0;
  for (const { reporter, file } of wanted) {
    const text = reporter.render(report, { color: color && file === undefined, explain, readSource });
    try {
      if (file === undefined) write(text);
      else writeFileSync(resolve(folder, file), text);
    } catch (cause) {
      warn(formatError(new Error(`the ${reporter.name} report could not be written to ${file ?? 'standard output'}: name a file in a folder that exists and that you may write to`, { cause })));
      code = 2;
    }
  }
  return code;
}
