import type { LiveJob, ProcessResult } from '../../images/sandbox/runner/protocol.ts';
import { HarnessError } from '../../model/verdict.ts';
import type { StartedContainer } from '../../model/backend.ts';
import { PROCESS_METRICS } from './scrapes.ts';
import { pollUntil } from './poll.ts';

const JOB = '/scratch/live.json';
/** What Prometheus 3 sends when it scrapes. */
const ACCEPT = 'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.1';
const STOP_TIMEOUT_MS = 5_000;

/** A service of an author, running in its confined container. */
export interface RunningService {
  /** Undefined as long as it runs. */
  result(): ProcessResult | undefined;
  /** SIGTERM, as an orchestrator would; SIGKILL when it does not listen. */
  stop(signal: AbortSignal): Promise<{ readonly result: ProcessResult; readonly ignoredTerm: boolean }>;
}

/** Starts the service; it runs until it ends or is stopped. */
export async function startService(sandbox: StartedContainer, job: LiveJob, run: (argument: string) => Promise<ProcessResult>): Promise<RunningService> {
  await sandbox.copyIn([{ path: JOB, content: JSON.stringify(job) }]);
  let result: ProcessResult | undefined;
  let failure: unknown;
  const ended = run(JOB).then((value) => { result = value; }, (error: unknown) => { failure = error; });
  const current = (): ProcessResult | undefined => {
    if (failure !== undefined) throw failure;
    return result;
  };
  return {
    result: current,
    stop: async (signal) => {
      await kill(sandbox, 'TERM', signal);
      const ignoredTerm = await Promise.race([ended.then(() => false), pollUntil('the service to end', STOP_TIMEOUT_MS, signal, async () => current()).then(() => false, isTimeout)]);
      if (ignoredTerm) await kill(sandbox, 'KILL', signal);
      await ended;
      return { result: current() as ProcessResult, ignoredTerm };
    },
  };
}

function isTimeout(error: unknown): true {
  if (error instanceof HarnessError && error.code === 'timed-out') return true;
  throw error;
}

async function kill(sandbox: StartedContainer, name: 'TERM' | 'KILL', signal: AbortSignal): Promise<void> {
  // Not there any more is fine: it ended by itself.
  await sandbox.exec(['sh', '-c', `kill -${name} "$(cat /scratch/service.pid)" 2>/dev/null || true`], signal);
}

/** What the service exposes, asked as Prometheus asks: lines without comments and without those about the process. */
export async function readExposition(sandbox: StartedContainer, host: string, port: number, signal: AbortSignal): Promise<{ exposition: string; contentType: string }> {
  const { exitCode, stdout, stderr } = await sandbox.exec(['curl', '-sS', '-i', '-m', '10', '-H', `Accept: ${ACCEPT}`, `http://${host}:${port}/metrics`], signal);
  if (exitCode !== 0) throw new HarnessError('backend-lost', `the service answered Prometheus but not us: ${stderr.trim()}`);
  const text = stdout.replaceAll('\r\n', '\n');
  const split = text.indexOf('\n\n');
  const contentType = /^content-type:\s*(.*)$/im.exec(text.slice(0, split))?.[1] ?? '';
  const lines = text.slice(split + 2).split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#') && !PROCESS_METRICS.test(line));
  return { exposition: lines.join('\n'), contentType };
}
