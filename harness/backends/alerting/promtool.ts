import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BackendContext, StartedContainer } from '../../model/backend.ts';
import { runTool } from '../../model/run-tool.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../model/temporary.ts';

export interface PromtoolFile {
  readonly path: string;
  readonly content: string;
}
export interface PromtoolResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}
/** promtool of the course's Prometheus: on this machine, or inside a container where it cannot run here. */
export interface Promtool extends AsyncDisposable {
  /** Runs promtool in a fresh folder with these files; arguments name them relative to it. */
  run(files: readonly PromtoolFile[], args: readonly string[], signal: AbortSignal): Promise<PromtoolResult>;
  /** False of Prometheus 2: a test's series begin at 1970 there, so that rules which ask for the time of day cannot be proven. */
  readonly datesTests: boolean;
  /** The program on this machine; undefined when promtool runs inside a container. */
  readonly path: string | undefined;
}

/** Throws what starting a container throws, when one is needed. */
export async function openPromtool(context: BackendContext, signal: AbortSignal): Promise<Promtool> {
  const path = await context.engine.tool('prometheus', 'promtool');
  return { ...await (path === undefined ? openInContainer(context, signal) : promtoolAt(path)), datesTests: Number.parseInt(context.engine.version('prometheus'), 10) >= 3 };
}

/** promtool as a program of this machine. */
export function promtoolAt(path: string): Promtool {
  return {
    path,
    datesTests: true,
    async run(files, args, signal) {
      const folder = await makeTemporaryFolder('rules');
      try {
        for (const file of files) {
          await mkdir(dirname(join(folder, file.path)), { recursive: true });
          await writeFile(join(folder, file.path), file.content);
        }
        // Its storage goes with the folder: one that is ended leaves it.
        const { code, stdout, stderr } = await runTool(path, args, { cwd: folder, env: { TMPDIR: folder }, signal, failure: 'backend-lost' });
        return { exitCode: code, stdout, stderr };
      } finally {
        await removeTemporaryFolder(folder);
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

async function openInContainer(context: BackendContext, signal: AbortSignal): Promise<Promtool> {
  const container: StartedContainer = await context.engine.start({
    image: 'prometheus', aliases: [], ports: [9090], networks: [context.network],
    command: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
    files: [{ path: '/etc/prometheus/prometheus.yml', content: 'global: {}\n' }],
    ready: { path: '/-/ready', port: 9090 },
  }, signal);
  let runs = 0;
  return {
    path: undefined,
    datesTests: true,
    async run(files, args, runSignal) {
      const folder = `/prometheus/rules-${runs += 1}`;
      await container.copyIn(files.map((file) => ({ path: `${folder}/${file.path}`, content: file.content })));
      const names = new Set(files.map((file) => file.path));
      return container.exec(['/bin/promtool', ...args.map((arg) => (names.has(arg) ? `${folder}/${arg}` : arg))], runSignal);
    },
    [Symbol.asyncDispose]: async () => container[Symbol.asyncDispose](),
  };
}
