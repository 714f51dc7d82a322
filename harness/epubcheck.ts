import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './backends/engine-cache.ts';

/**
 * `npm run epubcheck [-- FILE…]`: W3C's own checker over the books of the built site, or over the files named.
 * Exit 1 when it finds an error or a warning, 2 when there is no book, no Java, or no way to bring the checker.
 */
const VERSION = '5.2.1';
const here = fileURLToPath(new URL('..', import.meta.url));
const usage = `Usage: npm run epubcheck [-- FILE…]

Checks the books in dist/print/ (npm run build writes them), or those named, with EPUBCheck ${VERSION}. Needs Java and Maven: on Debian and Ubuntu
as root they are installed when they are missing (default-jre-headless, maven). The checker itself is kept in the cache.
`;

interface Ended {
  readonly code: number;
  readonly output: string;
}

function run(program: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const parts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => parts.push(text));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 127, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 130, output: parts.join('') }));
  });
}

/** A program of the system, installed where that is ours to do. @throws Error with what to install */
async function requireProgram(name: string, debianPackage: string, probe: string): Promise<void> {
  if ((await run(name, [probe])).code === 0) return;
  const advice = `this command needs ${name}: install it (Debian and Ubuntu: apt-get install ${debianPackage}).`;
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) throw new Error(advice);
  process.stderr.write(`installing ${debianPackage}\n`);
  await run('apt-get', ['update', '-q']);
  const { code, output } = await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', debianPackage]);
  if (code !== 0) throw new Error(`${advice} The installation failed: ${output.trim().split('\n').slice(-3).join(' ')}`);
}

/** EPUBCheck and what it needs, by Maven, once. @returns the folder of its jars */
async function bringChecker(): Promise<string> {
  const folder = cacheFolder('tools', `epubcheck-${VERSION}`);
  if (existsSync(folder)) return folder;
  await requireProgram('mvn', 'maven', '--version');
  process.stderr.write(`bringing EPUBCheck ${VERSION}\n`);
  const part = `${folder}.${process.pid}.part`;
  mkdirSync(part, { recursive: true });
  try {
    cpSync(join(here, 'harness/bootstrap/epubcheck/pom.xml'), join(part, 'pom.xml'));
    const { code, output } = await run('mvn', ['-q', '-B', '-f', join(part, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${join(part, 'jars')}`]);
    if (code !== 0) throw new Error(`EPUBCheck ${VERSION} could not be brought: ${output.trim().split('\n').slice(0, 3).join(' ')}. Maven asks the repositories of its settings: see that one of them answers.`);
    if (!existsSync(folder)) renameSync(join(part, 'jars'), folder);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return folder;
}

/** Books of the built site. @throws Error when there is none */
function builtBooks(): string[] {
  const folder = join(here, 'dist/print');
  const books = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.epub')).sort() : [];
  if (books.length === 0) throw new Error('found no book in dist/print: run `npm run build` first, or name a file.');
  return books.map((name) => join(folder, name));
}

async function check(args: readonly string[]): Promise<number> {
  const books = args.length > 0 ? args.map((file) => join(process.env['INIT_CWD'] ?? '.', file)) : builtBooks();
  const missing = books.find((file) => !existsSync(file));
  if (missing !== undefined) throw new Error(`there is no file ${missing}. Name a book, or none for those of dist/print.`);
  await requireProgram('java', 'default-jre-headless', '-version');
  const jars = await bringChecker();
  const codes: number[] = [];
  for (const book of books) {
    const { code, output } = await run('java', ['-cp', join(jars, '*'), 'com.adobe.epubcheck.tool.Checker', book, '--failonwarnings']);
    // Said by its own style sheets to each Java, about themselves.
    const said = output.replaceAll(/Warning *\n +XSLT version ignored[^\n]*\n?/g, '');
    process.stdout.write(`${book.replace(here, '')}\n${said.trim().replace(/^/gm, '  ')}\n`);
    codes.push(code);
  }
  return codes.some((code) => code !== 0) ? 1 : 0;
}

const args = process.argv.slice(2);
try {
  if (args.includes('--help') || args.includes('-h')) process.stdout.write(usage);
  else process.exitCode = await check(args);
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
