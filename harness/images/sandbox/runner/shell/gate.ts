// node gate.ts JOB: lets questions through to the services, and nothing else. A container of its own: what runs in the sandbox reaches only this.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ask, readBody, REFUSED_HEADER } from './http.ts';
import { sortJaeger } from './jaeger-order.ts';
import type { Door, GateJob } from './protocol.ts';
import { explainRefusal } from './reading.ts';

/** Opens a door for each service. Resolves once all are open. */
export async function openGate({ doors, tenant, healthPort }: GateJob, hostOf = ({ service }: Door): string => service): Promise<void> {
  await Promise.all(doors.map((door) => listen(door.port, (request, response) => pass(door, hostOf(door), tenant, request, response))));
  await listen(healthPort, async (_request, response) => void response.writeHead(200).end());
}

function listen(port: number, answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Promise<void> {
  const server = createServer({ keepAliveTimeout: 1 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(502, { 'content-type': 'text/plain' }).end(`the service did not answer: ${String(error)}\n`);
    });
  });
  return new Promise((resolve) => server.listen(port, () => resolve()));
}

async function pass(door: Door, host: string, tenant: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const refusal = explainRefusal(door.service, method, url.replace(/[?#].*$/s, ''));
  if (refusal !== undefined) {
    request.resume();
    response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', [REFUSED_HEADER]: '1' }).end(`${refusal}\n`);
    return;
  }
  const type = request.headers['content-type'];
  const answer = await ask({
    host, port: door.port, method, target: url, body: await readBody(request),
    // Nothing else of the client's headers has a say: above all not the tenant.
    headers: { accept: request.headers.accept ?? '*/*', ...(type === undefined ? {} : { 'content-type': type }), ...(door.service === 'loki' ? { 'x-scope-orgid': tenant } : {}) },
  });
  response.sendDate = false;
  response.writeHead(answer.status, answer.headers).end(door.service === 'jaeger' && answer.status === 200 ? sortJaeger(answer.body) : answer.body);
}

if (import.meta.main) await openGate(JSON.parse(process.argv[2] ?? '') as GateJob);
