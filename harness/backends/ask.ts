import { HarnessError } from '../model/verdict.ts';

/**
 * Asks a backend of this run, over a connection of its own: one that is kept may be closed by the server just as it is used again.
 * @throws HarnessError `cancelled`, or `backend-lost` naming what was asked when there is no answer at all
 */
export async function ask(url: string, init: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Uint8Array<ArrayBuffer> }, signal: AbortSignal): Promise<{ readonly response: Response; readonly text: string }> {
  try {
    const response = await fetch(url, { ...init, headers: { ...init.headers, connection: 'close' }, signal });
    return { response, text: await response.text() };
  } catch (cause) {
    if (signal.aborted) throw new HarnessError('cancelled', 'interrupted while waiting for an answer', { cause });
    throw new HarnessError('backend-lost', `no answer from ${new URL(url).pathname}`, { cause });
  }
}
