// A run that is killed: starts a container on a network, says so, and waits for its end.
import { openEngine } from '../../harness/backends/container.ts';
import { prometheus } from './services.ts';

const { signal } = new AbortController();
const engine = await openEngine({ root: process.argv[2] as string, log: () => undefined, signal });
await engine.start({ ...prometheus.request, networks: [await engine.network()] }, signal);
process.stdout.write('started\n');
setInterval(() => undefined, 1000);
