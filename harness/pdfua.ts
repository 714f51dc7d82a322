import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './backends/engine-cache.ts';

/**
 * `npm run pdfua [-- file…]`: veraPDF's verdict on the printed volumes, by PDF/UA-1.
 * Exit 1 when a file breaks a rule, 2 when nothing could be judged.
 */
const VERSION = '1.28.2';
const ARTIFACT = `org.verapdf.apps:greenfield-apps:${VERSION}`;
const PROGRAM = 'org.verapdf.apps.GreenfieldCliWrapper';
const printed = fileURLToPath(new URL('../dist/print', import.meta.url));

const USAGE = `Usage: npm run pdfua [-- FILE.pdf…]

Judges PDFs by PDF/UA-1 with veraPDF ${VERSION}: those in dist/print where none is named. Needs Java and Maven; Maven brings veraPDF, once.
Exit 1 when a rule is broken, 2 when nothing could be judged.
`;

/** Of veraPDF's report only what is told here. */
interface Validation {
  readonly compliant: boolean;
  readonly details: {
    readonly passedChecks: number;
    readonly ruleSummaries: readonly { readonly clause: string; readonly testNumber: number; readonly failedChecks: number; readonly description: string }[];
  };
}
interface VeraReport {
  readonly report: { readonly jobs: readonly { readonly itemDetails: { readonly name: string }; readonly validationResult?: Validation | readonly Validation[]; readonly taskException?: { readonly exceptionMessage?: string } }[] };
}

/** @returns what the program printed, and its exit code @throws Error when there is no such program */
async function run(program: string, args: readonly string[]): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const code = await new Promise<number | null>((done, fail) => child
    .once('error', (cause) => fail(new Error(`Found no program "${program}", expected it on PATH: install Java 11 or newer and Maven (on Debian: apt-get install default-jre-headless maven).`, { cause })))
    .once('close', done));
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

/** Into the cache, once: a tool for judging is no part of the course. @returns veraPDF's archive */
async function bringVeraPdf(): Promise<string> {
  const folder = cacheFolder('tools', `verapdf-${VERSION}`);
  const archive = join(folder, `greenfield-apps-${VERSION}.jar`);
  if (existsSync(archive)) return archive;
  mkdirSync(folder, { recursive: true });
  process.stderr.write(`bringing veraPDF ${VERSION}\n`);
  const { code, stdout } = await run('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${folder}`]);
  if (code !== 0 || !existsSync(archive)) throw new Error(`Maven could not bring ${ARTIFACT}: ${stdout.trim().slice(-600)}`);
  return archive;
}

/** One line a file, and one for each rule that it breaks. */
function tell({ report }: VeraReport): boolean {
  let isCompliant = true;
  for (const { itemDetails, validationResult, taskException } of report.jobs) {
    const [result] = Array.isArray(validationResult) ? (validationResult as readonly Validation[]) : [validationResult as Validation | undefined];
    if (result === undefined) throw new Error(`veraPDF could not read ${itemDetails.name}: ${taskException?.exceptionMessage ?? 'it says no reason'}`);
    process.stdout.write(`${basename(itemDetails.name)}: ${result.compliant ? 'keeps' : 'breaks'} PDF/UA-1, ${result.details.passedChecks} checks passed\n`);
    for (const { clause, testNumber, failedChecks, description } of result.details.ruleSummaries) process.stdout.write(`  ${clause}-${testNumber}, ${failedChecks} times: ${description}\n`);
    isCompliant &&= result.compliant;
  }
  return isCompliant;
}

async function main(given: readonly string[]): Promise<number> {
  const files = given.length > 0 ? given.map((file) => resolve(process.env['INIT_CWD'] ?? '.', file)) : existsSync(printed) ? readdirSync(printed).filter((name) => name.endsWith('.pdf')).sort().map((name) => join(printed, name)) : [];
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new Error(`Found no file ${missing}, expected a PDF.`);
  if (files.length === 0) throw new Error('Found no PDFs in dist/print, expected those of a build: run `npm run build` first.');
  const archive = await bringVeraPdf();
  const { stdout, stderr } = await run('java', ['-cp', archive, PROGRAM, '--flavour', 'ua1', '--format', 'json', ...files]);
  let report: VeraReport;
  try {
    report = JSON.parse(stdout) as VeraReport;
  } catch (cause) {
    throw new Error(`veraPDF answered no report: ${stderr.trim().slice(-600)}`, { cause });
  }
  return tell(report) ? 0 : 1;
}

const given = process.argv.slice(2);
try {
  if (given[0] === '--help' || given[0] === '-h') process.stdout.write(USAGE);
  else process.exitCode = await main(given);
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
