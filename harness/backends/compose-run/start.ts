import type { StartedContainer } from '../../model/backend.ts';
import { HarnessError } from '../../model/verdict.ts';
import type { PlannedService } from '../../compose-file/plan.ts';
import { readRefusal as readGoLog } from '../configuration/ask.ts';
import { readRefusal as readCollectorLog } from '../collector-config/await-collector.ts';
import { ADDRESSES_ONLY } from '../collector-config/services.ts';
import { readRefusal as readLokiLog } from '../loki-config/start.ts';
import { filesOf } from './files.ts';
import { ServiceFault, type Place, type RunningService } from './place.ts';

/** No service of the course needs as much. */
const MEMORY_BYTES = 512 * 1024 ** 2;
const PROCESSES = 256;
/** Options that shorten waits and win over the file, and the image's own command: Loki is ready after 15 s, Prometheus looks for new targets every 5. */
const HURRIES: Readonly<Record<string, { readonly command: readonly string[]; readonly options: readonly string[] }>> = {
  loki: { command: ['-config.file=/etc/loki/local-config.yaml'], options: ['-ingester.min-ready-duration=0s', '-ingester.final-sleep=0s'] },
  prometheus: { command: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'], options: ['--scrape.discovery-reload-interval=100ms'] },
};
/** What the author's file made the engine refuse, not the engine itself. */
const REFUSED = /executable file not found|no such file or directory|unable to find user|not a directory|permission denied|is a directory/i;

/** Starts the container of a service as its file says. @throws ServiceFault in the program's words, HarnessError */
export async function startService(plan: PlannedService, { context, networks, beside, signal }: Place): Promise<RunningService> {
  const { name, image, entrypoint, user, workingDir, memoryBytes = MEMORY_BYTES } = plan;
  try {
    const container = await context.engine.start({
      image, offline: true, ports: [], aliases: plan.aliases, networks: plan.networks.map((one) => networks.get(one)).filter((one) => one !== undefined),
      command: commandOf(plan), env: { ...(image === 'otelcol' ? ADDRESSES_ONLY : {}), ...plan.env }, files: filesOf(plan, beside), volumes: plan.volumes,
      limits: { memoryBytes: Math.min(memoryBytes, MEMORY_BYTES), processes: PROCESSES },
      ...(entrypoint === undefined ? {} : { entrypoint }), ...(user === undefined ? {} : { user }), ...(workingDir === undefined ? {} : { workingDir }),
    }, signal);
    return { plan, container };
  } catch (error) {
    if (!(error instanceof HarnessError) || error.code !== 'backend-not-ready') throw error;
    const refused = /could not be started/.test(error.message) && REFUSED.test(error.message) ? /(?:exec: )?"[^"]+": .*|unable to find user.*|.*$/.exec(error.message)?.[0].replaceAll('\\"', '"') : undefined;
    if (error.logTail === '' && refused === undefined && !/exited with/.test(error.message)) throw error;
    throw endedFault(name, /exited with (\d+)/.exec(error.message)?.[1], refused ?? lastWords(error.logTail), memoryBytes);
  }
}

function commandOf({ image, command, entrypoint }: PlannedService): readonly string[] {
  const hurried = entrypoint === undefined ? HURRIES[image] : undefined;
  return hurried === undefined ? command ?? [] : [...command ?? hurried.command, ...hurried.options];
}

/** @throws ServiceFault when a container has ended since it was started */
export async function refuseEnded({ plan: { name, memoryBytes = MEMORY_BYTES } }: Pick<RunningService, 'plan'>, container: StartedContainer): Promise<void> {
  const code = await container.exitCode();
  if (code !== undefined) throw endedFault(name, String(code), lastWords(await container.logTail()), memoryBytes);
}

function endedFault(name: string, code: string | undefined, words: string, memoryBytes: number): ServiceFault {
  const killed = code === '137' ? `: it was killed, most likely because it takes more than ${Math.round(Math.min(memoryBytes, MEMORY_BYTES) / 1024 ** 2)} MiB` : '';
  const said = words === '' ? 'It said nothing.' : `It said: ${words.replace(/\.?$/, '.')}`;
  return new ServiceFault('does-not-start', ['services', name], `Found \`${name}\` ended${code === undefined ? '' : ` with ${code}`}${killed}, expected it to run. ${said} Correct the service, or the file that it reads.`);
}

/** What a program said before it ended, in one line. */
export function lastWords(log: string): string {
  return readGoLog(log) ?? readLokiLog(log) ?? readCollectorLog(log) ?? log.trim().split('\n').filter((line) => !/^(?:Run with|Usage)\b/.test(line)).at(-1)?.trim() ?? '';
}
