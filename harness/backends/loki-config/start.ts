import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import type { BackendContext, Network, StartedContainer } from '../../model/backend.ts';
import { HarnessError } from '../../model/verdict.ts';
import { askFrom } from '../trial/ask.ts';

const POLL_MS = 100;
/** Seconds are enough; a machine that builds images meanwhile needs more. */
const TIMEOUT_MS = 90_000;
const CONFIG = '/etc/loki/loki.yaml';

/** Where it is started, and with what. */
export interface Configured {
  readonly text: string;
  readonly network: Network;
  readonly probe: StartedContainer;
  /** Host name on the network. */
  readonly host: string;
  /** Undefined: the image's own, who can write only where Loki writes by default. */
  readonly user?: string;
  /** How long it may take until it says that it is ready. */
  readonly timeoutMs?: number;
}
/** A Loki that answers; only its network reaches it. */
export interface StartedLoki extends AsyncDisposable {
  readonly probe: StartedContainer;
  /** Base of its API as the probe sees it, prefix included. */
  readonly url: string;
  readonly container: StartedContainer;
}
/** Loki ended, or never took requests, because of its file. */
export class LokiGaveUp extends Error {
  readonly said: string;
  constructor(said: string) {
    super(said);
    this.said = said;
  }
}
interface Settings {
  readonly server?: { readonly http_listen_port?: number; readonly grpc_listen_port?: number; readonly http_path_prefix?: string };
  readonly http_prefix?: string;
  readonly frontend_worker?: object;
  readonly query_scheduler?: object;
}

/**
 * Starts Loki with a file and waits until it says that it is ready. Only what makes it wait is set otherwise, by options.
 * @param configured its text is one that `loki -verify-config` takes @throws LokiGaveUp, HarnessError
 */
export async function startConfigured(context: Pick<BackendContext, 'engine'>, { text, network, probe, host, user, timeoutMs = TIMEOUT_MS }: Configured, signal: AbortSignal): Promise<StartedLoki> {
  const settings = (parse(text) ?? {}) as Settings;
  const port = settings.server?.http_listen_port ?? 3100;
  const url = `http://${host}:${port}${settings.server?.http_path_prefix ?? ''}`;
  try {
    const container = await context.engine.start({
      image: 'loki', offline: true, aliases: [host], ports: [], networks: [network],
      command: [`-config.file=${CONFIG}`, ...withoutWaiting(settings)], files: [{ path: CONFIG, content: `${text}\n` }], ...(user === undefined ? {} : { user }),
    }, signal);
    try {
      await awaitReady({ probe, url, container }, timeoutMs, signal);
    } catch (error) {
      await container[Symbol.asyncDispose]();
      throw error;
    }
    return { probe, url, container, [Symbol.asyncDispose]: () => container[Symbol.asyncDispose]() };
  } catch (error) {
    // It may have ended before it counted as started.
    const said = error instanceof HarnessError && error.code === 'backend-not-ready' ? readRefusal(error.logTail) : undefined;
    if (said === undefined) throw error;
    throw new LokiGaveUp(said);
  }
}

/** Loki is ready after 15 s, and finds its own query path after 10, unless told to hurry. */
function withoutWaiting({ server, frontend_worker: worker, query_scheduler: scheduler }: Settings): string[] {
  const hurry = ['-ingester.min-ready-duration=0s', '-ingester.final-sleep=0s'];
  if (worker !== undefined || scheduler !== undefined) return hurry;
  return [...hurry, `-querier.frontend-address=127.0.0.1:${server?.grpc_listen_port ?? 9095}`, '-querier.dns-lookup-period=200ms', '-query-scheduler.use-scheduler-ring=false'];
}

async function awaitReady({ probe, url, container }: Pick<StartedLoki, 'probe' | 'url' | 'container'>, timeoutMs: number, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const { status, body } = await askFrom(probe, `${url}/ready`, {}, signal);
    if (status === 200) return;
    const log = await container.logTail();
    const said = readRefusal(log);
    if (said !== undefined) throw new LokiGaveUp(said);
    if (performance.now() > endMs && log === '') throw new HarnessError('backend-lost', `Loki printed not a word within ${timeoutMs / 1000} s: it did not run, and nothing is known of its file. Was its container removed?`);
    if (performance.now() > endMs) throw new LokiGaveUp(`after ${timeoutMs / 1000} s it still answers ${status === 0 ? 'nothing' : `${status} (${body.trim()})`} on /ready, and its log ends with: ${log.trim().split('\n').at(-1) ?? ''}`);
    await delay(POLL_MS, undefined, { signal });
  }
}

/** What Loki said when it gave up, out of its log; undefined when it did not. */
export function readRefusal(log: string): string | undefined {
  const panic = /^panic: (.*)$/m.exec(log)?.[1];
  if (panic !== undefined) return panic;
  const unread = /^failed parsing config: \S+ (.*)$/m.exec(log)?.[1];
  if (unread !== undefined) return unread;
  return /msg="(?:error running loki|error initialising loki|validating config|error initializing loki)"[^\n]*?err="((?:[^"\\]|\\.)*)"/.exec(log)?.[1]
    // Wrapped errors stand below each other, and below them where in Loki's source they were made.
    ?.replaceAll(/\\(["\\])/g, '$1').split('\\n').filter((line) => !/^(?:\\t|\S+\.go:|(?:[\w-]+\.)*[\w-]+\/\S+$|(?:main|runtime)\.)/.test(line)).join('; ');
}
