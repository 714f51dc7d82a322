// node faultctl.ts start INCIDENT [KIND…] | stop [KIND…] | list: what goes wrong in the running shop. Incidents are those of snippets/incidents/.
import { existsSync, readFileSync } from 'node:fs';
import { KINDS, type Fault } from './faults.ts';
import { readFaults } from './incident.ts';

/** Where services listen for it, SHOP saying otherwise: the ports on this machine. */
const HOSTS = (process.env['SHOP'] ?? 'http://localhost:9080,http://localhost:9081,http://localhost:9082,http://localhost:9083,http://localhost:9084,http://localhost:9089').split(',');
const FOLDER = new URL('../../incidents/', import.meta.url);
const TIMEOUT_MS = 2_000;

const [, , command, ...words] = process.argv;
switch (command) {
  case 'start': await tell(only(words.slice(1), await readIncident(words[0] ?? ''))); break;
  case 'stop': await tell(words.length === 0 ? [] : await without(words)); break;
  case 'list': break;
  default: fail(`Found ${command === undefined ? 'no command' : `the command "${command}"`}, expected start INCIDENT [KIND…], stop [KIND…] or list.`);
}
for (const { kind, target } of await ask()) process.stdout.write(`${kind}${target === undefined ? '' : ` ${target}`}\n`);

/** From YAML where the package is installed, else from the same as JSON. */
async function readIncident(name: string): Promise<readonly Fault[]> {
  const [json, yaml] = [new URL(`${name}.json`, FOLDER), new URL(`${name}.yaml`, FOLDER)];
  if (!/^[a-z0-9-]+$/.test(name) || !(existsSync(json) || existsSync(yaml))) return fail(`Found no incident "${name}", expected the name of a file in snippets/incidents/, such as launch-day.`);
  const content: unknown = existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : (await import('yaml')).parse(readFileSync(yaml, 'utf8'));
  return readFaults(content);
}

/** All of them where no kind is named. */
function only(kinds: readonly string[], faults: readonly Fault[]): readonly Fault[] {
  refuseUnknown(kinds);
  return kinds.length === 0 ? faults : faults.filter(({ kind }) => kinds.includes(kind));
}

async function without(kinds: readonly string[]): Promise<readonly Fault[]> {
  refuseUnknown(kinds);
  return (await ask()).filter(({ kind }) => !kinds.includes(kind));
}

function refuseUnknown(kinds: readonly string[]): void {
  const unknown = kinds.find((word) => !KINDS.some((known) => known === word));
  if (unknown !== undefined) fail(`Found the kind "${unknown}", expected some of: ${KINDS.join(', ')}.`);
}

/** Everybody gets the whole list, and takes from it what is meant for them. Who is down now has no faults. */
async function tell(faults: readonly Fault[]): Promise<void> {
  const body = JSON.stringify(faults);
  const told = await Promise.allSettled(HOSTS.map((host) => exchange(host, { method: 'PUT', body })));
  if (told.every(({ status }) => status === 'rejected')) fail(`Nobody answered at ${HOSTS.join(', ')}: is the shop running?`);
}

/** What holds, as the first who answers knows it. */
async function ask(): Promise<readonly Fault[]> {
  return Promise.any(HOSTS.map((host) => exchange(host, {}))).catch(() => fail(`Nobody answered at ${HOSTS.join(', ')}: is the shop running?`));
}

async function exchange(host: string, init: RequestInit): Promise<readonly Fault[]> {
  const response = await fetch(`${host}/faults`, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) return fail(`${host} refused: ${await response.text()}`);
  return (await response.json()) as readonly Fault[];
}

function fail(message: string): never {
  process.stderr.write(`faultctl: ${message}\n`);
  process.exit(1);
}
