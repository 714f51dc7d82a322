import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { cacheFolder } from './backends/engine-cache.ts';

/**
 * `npm run lighthouse [-- path…]`: Lighthouse's four marks of the built site, each the median of five, on an emulated phone.
 * Exit 1 when one is below 95, which is what the course asks of itself; 2 when nothing could be measured.
 */
const VERSION = '13.5.0';
const WANTED = 95;
const RUNS = 5;
const MARKS = ['performance', 'accessibility', 'best-practices', 'seo'] as const;
const dist = fileURLToPath(new URL('../dist', import.meta.url));
const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.woff2': 'font/woff2', '.svg': 'image/svg+xml', '.json': 'application/json', '.txt': 'text/plain', '.xml': 'application/xml' };

/** A child's end. Its output is thrown away, but what it complains of is kept for the one who has to know. */
async function run(program: string, args: readonly string[], options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {}): Promise<void> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => { complaint = (complaint + chunk.toString()).slice(-2_000); });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}: ${complaint.trim()}`);
}

/** Into the cache, once: a tool for measuring is no part of the course. @returns Lighthouse's program */
async function installLighthouse(): Promise<string> {
  const folder = cacheFolder('bench', `lighthouse-${VERSION}`);
  const program = join(folder, 'node_modules/lighthouse/cli/index.js');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  process.stderr.write(`installing lighthouse ${VERSION}\n`);
  await run('npm', ['install', '--no-audit', '--no-fund', '--save-exact', `lighthouse@${VERSION}`], { cwd: folder });
  return program;
}

/** The built site as hosts serve it: compressed, on loopback. */
async function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    const wanted = normalize(join(dist, decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)));
    const file = existsSync(wanted) && statSync(wanted).isDirectory() ? join(wanted, 'index.html') : wanted;
    if (!file.startsWith(dist) || !existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'content-encoding': 'gzip' }).end(gzipSync(readFileSync(file)));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
}

/** One report. @returns marks from 0 to 100, in the order of MARKS */
async function measure(program: string, url: string): Promise<number[]> {
  const report = join(cacheFolder('bench'), `lighthouse-${process.pid}.json`);
  const flags = ['--headless=new', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])].join(' ');
  await run(process.execPath, [program, url, '--quiet', '--output=json', `--output-path=${report}`, `--only-categories=${MARKS.join(',')}`, `--chrome-flags=${flags}`], { // The browser that `npm run` brought.
    env: { ...process.env, CHROME_PATH: process.env['CHROMIUM_PATH'] ?? '' } });
  const { categories } = JSON.parse(readFileSync(report, 'utf8')) as { readonly categories: Readonly<Record<string, { readonly score: number }>> };
  return MARKS.map((mark) => Math.round((categories[mark]?.score ?? 0) * 100));
}

async function main(paths: readonly string[]): Promise<number> {
  if (!existsSync(dist)) throw new Error('there is no built site: run `npm run build` first');
  const program = await installLighthouse();
  const server = await serve();
  let worst = 100;
  try {
    process.stdout.write(`${['page'.padEnd(28), ...MARKS].join('  ')}\n`);
    for (const path of paths) {
      const runs: number[][] = [];
      for (let round = 0; round < RUNS; round++) runs.push(await measure(program, `http://localhost:${(server.address() as AddressInfo).port}${path}`));
      const medians = MARKS.map((_, mark) => runs.map((scores) => scores[mark] ?? 0).sort((left, right) => left - right)[(RUNS - 1) / 2] ?? 0);
      worst = Math.min(worst, ...medians);
      process.stdout.write(`${[path.padEnd(28), ...medians.map((median, mark) => String(median).padEnd((MARKS[mark] ?? '').length))].join('  ')}\n`);
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return worst >= WANTED ? 0 : 1;
}

const USAGE = `Usage: npm run lighthouse [-- /path/…]

Measures pages of the built site, each ${RUNS} times: the home page, a lesson and an incident where none is named.
Exit 1 when a median is below ${WANTED}, 2 when nothing could be measured.
`;
const given = process.argv.slice(2);
const odd = given.find((path) => !path.startsWith('/'));
try {
  if (odd === '--help' || odd === '-h') process.stdout.write(USAGE);
  else if (odd !== undefined) throw new Error(`found "${odd}", expected the path of a page, such as /day-1/checkout-lag/`);
  else process.exitCode = await main(given.length > 0 ? given : ['/', '/day-1/checkout-lag/', '/incidents/checkout-lag/']);
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
