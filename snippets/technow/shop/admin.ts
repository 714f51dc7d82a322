import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { KINDS, listFaults, setFaults, type Fault } from './faults.ts';
import { flushSpans } from './telemetry.ts';
import { port } from './settings.ts';

const host = process.env['ADMIN_HOST'] ?? '127.0.0.1';

/** `GET` and `PUT /faults`, `POST /flush` for spans that wait for their batch, on a port of its own that only this machine reaches: whoever does can break the shop. */
export function startAdmin(): Server {
  const server = createServer(async (request, response) => {
    try {
      if (request.url === '/flush') await flushSpans();
      else if (request.url !== '/faults') return void response.writeHead(404).end();
      if (request.method === 'PUT') setFaults(readFaults(await json(request)));
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(listFaults()));
    } catch (error) {
      response.writeHead(400).end(String(error));
    }
  });
  return server.listen(port + 1000, host);
}

function readFaults(value: unknown): readonly Fault[] {
  const faults = value as readonly Fault[];
  const unknown = Array.isArray(value) ? faults.find(({ kind }) => !KINDS.includes(kind)) : { kind: 'no list' };
  if (unknown !== undefined) throw new Error(`Found ${unknown.kind}, expected a list of faults of these kinds: ${KINDS.join(', ')}.`);
  return faults;
}
