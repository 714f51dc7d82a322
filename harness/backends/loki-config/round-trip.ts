import type { Labels } from '../../model/dataset.ts';
import type { Delivery } from '../../model/transcript.ts';
import { HarnessError } from '../../model/verdict.ts';
import { sortLabels } from '../answers.ts';
import { pollUntil } from '../live/poll.ts';
import { askFrom, readProbeClock } from '../trial/ask.ts';
import type { StartedLoki } from './start.ts';

const TIMEOUT_MS = 30_000;
/** Who asks, where the file wants to know. */
const HEADERS = { 'Content-Type': 'application/json', 'X-Scope-OrgID': 'technow' };
const STREAM = { service_name: 'checkout' };
const SELECTOR = '{service_name="checkout"}';
const LINES = ['{"level":"info","event":"order_completed","order_id":"o-1"}', '{"level":"error","event":"payment_failed","order_id":"o-2"}'];

/** Lines were refused, or are not found again. */
export class LinesRefused extends Error {
  readonly said: string;
  constructor(said: string) {
    super(said);
    this.said = said;
  }
}
interface Streams {
  readonly data: { readonly result: readonly { readonly stream: Labels; readonly values: readonly (readonly [string, string])[] }[] };
}

/** Pushes two lines of now and asks for them. @throws LinesRefused with Loki's words; HarnessError */
export async function handIn({ probe, url, container }: StartedLoki, signal: AbortSignal): Promise<Delivery> {
  const nowMs = await readProbeClock(probe, signal);
  const body = JSON.stringify({ streams: [{ stream: STREAM, values: LINES.map((line, index) => [`${nowMs - 1000 + index}000000`, line]) }] });
  const pushed = await askFrom(probe, `${url}/loki/api/v1/push`, { headers: HEADERS, body }, signal);
  if (pushed.status === 0) throw new HarnessError('backend-lost', 'Loki stopped answering when lines were pushed. Look at its log tail.', { logTail: await container.logTail() });
  if (pushed.status !== 204) throw new LinesRefused(`Loki starts with this file and refuses two lines of the stream \`${SELECTOR}\`, expected it to take them. It answered ${pushed.status}: ${pushed.body.trim()}`);
  const parameters = { query: SELECTOR, start: `${nowMs - 60_000}000000`, end: `${nowMs + 60_000}000000`, direction: 'forward' };
  const found = await pollUntil('Loki to answer with the lines that it took', TIMEOUT_MS, signal, async () => {
    const { status, body: answer } = await askFrom(probe, `${url}/loki/api/v1/query_range`, { headers: HEADERS, parameters }, signal);
    if (status === 0 || status >= 500) return undefined;
    if (status !== 200) throw new LinesRefused(`Loki starts with this file, takes two lines and refuses the query \`${SELECTOR}\`, expected it to answer. It said: ${answer.trim()}`);
    const lines = (JSON.parse(answer) as Streams).data.result.flatMap(({ stream, values }) => values.map(([, line]) => `${printLabels(stream)} ${line}`));
    return lines.length === LINES.length ? lines.sort() : undefined;
  }).catch((error: unknown) => {
    if (!(error instanceof HarnessError) || error.code !== 'timed-out') throw error;
    throw new LinesRefused(`Loki starts with this file and takes two lines, and \`${SELECTOR}\` does not find them within ${TIMEOUT_MS / 1000} s, expected both`);
  });
  return { signal: 'logs', given: `${LINES.length} lines pushed as ${SELECTOR}`, at: `asked ${SELECTOR}`, found };
}

function printLabels(labels: Labels): string {
  return `{${Object.entries(sortLabels(labels)).map(([name, value]) => `${name}="${value}"`).join(', ')}}`;
}
