import type { StartedContainer } from '../../model/backend.ts';
import { HarnessError } from '../../model/verdict.ts';

/** What a server on a closed network answered. */
export interface Answered {
  /** HTTP status; 0 when it did not answer. */
  readonly status: number;
  readonly body: string;
}
export interface Question {
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes it a POST. */
  readonly body?: string;
  /** Sent as they are, each encoded. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Asks a server that only its network reaches, out of another container there. @throws HarnessError `cancelled` */
export async function askFrom(probe: StartedContainer, url: string, { headers = {}, body, parameters = {} }: Question, signal: AbortSignal): Promise<Answered> {
  const query = new URLSearchParams(parameters).toString();
  // The name of a server that has ended is asked of a resolver that never answers.
  const { stdout } = await probe.exec(['curl', '--silent', '--connect-timeout', '1', '--max-time', '20', '--write-out', '\n%{http_code}',
    ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]), ...(body === undefined ? [] : ['--data-binary', body]),
    query === '' ? url : `${url}?${query}`], signal);
  const at = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(at + 1)) || 0, body: stdout.slice(0, Math.max(0, at)) };
}

/** What time it is where the servers run, in milliseconds: that may be another machine. */
export async function readProbeClock(probe: StartedContainer, signal: AbortSignal): Promise<number> {
  const { stdout, stderr } = await probe.exec(['date', '+%s%3N'], signal);
  const nowMs = Number(stdout);
  if (!Number.isSafeInteger(nowMs) || nowMs === 0) throw new HarnessError('backend-lost', `the probe did not tell the time: ${stdout}${stderr}`);
  return nowMs;
}
