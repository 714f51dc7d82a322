import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { HarnessError } from '../model/verdict.ts';
import type { Docker } from './engine-client.ts';

/** What a program inside a container said. */
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program in a container. Throws `cancelled` as soon as the signal ends it (what it started in the container goes
 * with the container), `backend-lost` when the container is gone.
 */
export async function execIn(docker: Docker, id: string, command: readonly string[], more: { readonly stdin?: string; readonly signal?: AbortSignal | undefined } = {}): Promise<ExecResult> {
  const { stdin, signal } = more;
  try {
    signal?.throwIfAborted();
    return await orAborted(attach(docker, id, command, stdin, signal), signal);
  } catch (cause) {
    if (signal?.aborted) throw new HarnessError('cancelled', `Interrupted while ${command[0]} ran in a container.`, { cause });
    throw new HarnessError('backend-lost', `Could not run ${command[0]} in a container: ${String(cause)}`, { cause });
  }
}

/** An engine may leave any of these unanswered when the container goes meanwhile: the caller does not wait past an abort. */
async function attach(docker: Docker, id: string, command: readonly string[], stdin: string | undefined, signal: AbortSignal | undefined): Promise<ExecResult> {
  const exec = await docker.getContainer(id).exec({ Cmd: [...command], AttachStdin: stdin !== undefined, AttachStdout: true, AttachStderr: true });
  signal?.throwIfAborted();
  const stream = await exec.start({ hijack: true, stdin: stdin !== undefined });
  // An open stream would keep this process alive after everything else has ended.
  const abort = (): unknown => stream.destroy();
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  docker.modem.demuxStream(stream, stdout, stderr);
  const close = (): void => {
    stdout.end();
    stderr.end();
  };
  stream.once('end', close).once('close', close).once('error', close);
  if (stdin !== undefined) stream.end(stdin);
  // Whole buffers, decoded once: a character may be cut in two between chunks.
  const [out, err] = await Promise.all([buffer(stdout), buffer(stderr)]);
  signal?.removeEventListener('abort', abort);
  const { ExitCode } = await exec.inspect();
  return { exitCode: ExitCode ?? -1, stdout: out.toString(), stderr: err.toString() };
}

/** What the work gives, or the signal's reason when that comes first. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Takes apart what an engine sends of a container without a terminal: frames of 8 bytes of header and their content. */
function joinFrames(frames: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= frames.length; ) {
    const length = frames.readUInt32BE(at + 4);
    parts.push(frames.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts).toString();
}

/** What a container printed so far: `tail` lines of both streams, or all of stdout. Empty when the container is gone. */
export async function readLogs(docker: Docker, id: string, of: { readonly tail: number } | 'stdout'): Promise<string> {
  try {
    const streams = of === 'stdout' ? { stdout: true } : { stdout: true, stderr: true, tail: of.tail };
    return joinFrames(await docker.getContainer(id).logs({ follow: false, ...streams }));
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return '';
    throw error;
  }
}

/** One file for a container; parent folders are created. */
export interface FileIn {
  readonly path: string;
  readonly content: string | Uint8Array;
}

const writeFiles = `
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
for (const [path, content] of JSON.parse(readFileSync(0, 'utf8'))) {
  mkdirSync(require('node:path').dirname(path), { recursive: true });
  writeFileSync(path, Buffer.from(content, 'base64'));
}`;

/** Writes files from inside: the engine itself cannot reach the tmpfs of a read-only container. Needs Node in the image. */
export async function writeInside(docker: Docker, id: string, files: readonly FileIn[], signal: AbortSignal): Promise<void> {
  const stdin = JSON.stringify(files.map(({ path, content }) => [path, Buffer.from(content as string).toString('base64')]));
  const { exitCode, stderr } = await execIn(docker, id, ['node', '-e', writeFiles], { stdin, signal });
  if (exitCode !== 0) {
    throw new HarnessError('backend-lost', `Could not write ${files.map(({ path }) => path).join(', ')} into a confined container, where only /scratch and /tmp can be written: ${/^\w*Error: .*$/m.exec(stderr)?.[0] ?? stderr.trim()}`);
  }
}
