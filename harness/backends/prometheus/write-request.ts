import { compress } from 'snappy';
import { HarnessError } from '../../model/verdict.ts';
import { ask } from '../ask.ts';

/** NaN with the bits that Prometheus reads as "the target is gone": 0x7ff0000000000002. */
export const STALE = new Float64Array(new BigUint64Array([0x7ff0000000000002n]).buffer)[0] as number;
const STALE_BYTES = Buffer.from(new BigUint64Array([0x7ff0000000000002n]).buffer);

/**
 * A NaN loses its payload on its way through a JavaScript number, and a stale marker is nothing but its payload:
 * the canonical NaN that the encoder wrote is replaced byte by byte (values of ours are never NaN otherwise).
 */
export function restoreStaleMarkers(body: Uint8Array): Buffer {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const canonical = Buffer.from(new Float64Array([Number.NaN]).buffer);
  for (let at = buffer.indexOf(canonical); at >= 0; at = buffer.indexOf(canonical, at + 8)) STALE_BYTES.copy(buffer, at);
  return buffer;
}

/**
 * Posts an encoded request to `/api/v1/write`, compressed.
 * @throws HarnessError `backend-lost` with the server's words when it refuses it
 */
export async function postWrite(url: string, body: Uint8Array, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
  const { response, text } = await ask(`${url}/api/v1/write`, { method: 'POST', headers: { 'Content-Encoding': 'snappy', ...headers }, body: new Uint8Array(await compress(Buffer.from(body))) }, signal);
  if (!response.ok) throw new HarnessError('backend-lost', `Prometheus refused a remote write with ${response.status}: ${text.slice(0, 400)}`);
  return response;
}
