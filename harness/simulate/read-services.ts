import type { Cursor } from './cursor.ts';
import { SERVICES } from './incident.ts';
import type { Cache, CallPolicy, Service, ServiceName, Timing } from './incident.ts';
import { suggest } from './suggest.ts';

/** The services of an incident or a shop, by name. */
export function readServices(cursor: Cursor): Map<ServiceName, Service> {
  const services = new Map<ServiceName, Service>();
  for (const [name, body] of cursor.entries()) {
    const known = SERVICES.find((service) => service === name) ?? body.fail(`unknown service "${name}": ${suggest(name, SERVICES)}`);
    services.set(known, readService(known, body));
  }
  return services;
}

function readService(name: ServiceName, cursor: Cursor): Service {
  const fields = cursor.object(['version', 'instances', 'work'], ['database', 'log_every', 'calls', 'cache']);
  const database = fields.database?.object(['connections', 'timeout', 'query']);
  const instances = fields.instances.list().map((instance) => {
    const text = instance.text();
    return /^[a-z0-9-]+:\d+$/.test(text) ? text : instance.fail(`"${text}" is not an instance; expected host and port such as ${name}-1:8080`);
  });
  return {
    name,
    version: fields.version.text(),
    instances: instances.length > 0 ? instances : fields.instances.fail('"instances" is empty; name at least one'),
    work: readTiming(fields.work),
    database: database === undefined ? undefined : {
      connections: database.connections.integer(1),
      timeoutUs: database.timeout.durationUs(),
      query: readTiming(database.query),
    },
    loggedEndpoints: (fields.log_every?.list() ?? []).map((endpoint) => endpoint.text()),
    calls: new Map((fields.calls?.entries() ?? []).map(([peer, policy]) => readCall(peer, policy))),
    cache: fields.cache === undefined ? undefined : readCache(fields.cache),
  };
}

function readCall(name: string, cursor: Cursor): readonly [ServiceName, CallPolicy] {
  const peer = SERVICES.find((service) => service === name) ?? cursor.fail(`unknown service "${name}" in "calls": ${suggest(name, SERVICES)}`);
  const fields = cursor.object(['timeout'], ['attempts', 'backoff']);
  return [peer, { timeoutUs: fields.timeout.durationUs(), attempts: fields.attempts?.integer(1) ?? 1, backoffUs: fields.backoff?.durationUs() ?? 0 }];
}

function readCache(cursor: Cursor): Cache {
  const fields = cursor.object(['hits', 'max_bytes', 'entry_bytes']);
  return { hitShare: fields.hits.share(), maxBytes: fields.max_bytes.integer(1), entryBytes: fields.entry_bytes.integer(1) };
}

function readTiming(cursor: Cursor): Timing {
  const fields = cursor.object(['median', 'sigma']);
  return { medianUs: fields.median.durationUs(), sigma: fields.sigma.number() };
}
