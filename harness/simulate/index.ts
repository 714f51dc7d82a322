import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../model/dataset.ts';
import { checkCalendar } from './calendar.ts';
import { IncidentError } from './cursor.ts';
import { parseDatasetName, printDatasetName } from './dataset-name.ts';
import type { Incident } from './incident.ts';
import { readIncident, unknownIncident } from './read-incident.ts';
import { runIncident } from './run-incident.ts';
import type { Run } from './run-incident.ts';

export { IncidentError } from './cursor.ts';
export { parseDatasetName } from './dataset-name.ts';
export { hashDataset } from './hash-dataset.ts';
export type { Run } from './run-incident.ts';

const FOLDER = 'snippets/incidents';

/** Names of the incident files under `snippets/incidents/`, sorted. */
export function listIncidents(root: string): string[] {
  const folder = join(root, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -'.yaml'.length)).sort();
}

/**
 * The dataset of a name: `checkout-lag`, or `checkout-lag(discount.latency=1.5s)`. Pure but for reading the incident file: the same name and
 * file give the same bytes on any machine.
 * @param root the repository
 * @throws IncidentError when the name, the incident file or an override is wrong; the message begins with file:line:column where there is a file
 */
export function simulate(name: string, root: string): Dataset {
  return simulateRun(name, root).dataset;
}

/** Reads what `simulate` would run, without running it. Throws as `simulate` does. */
export function requireDataset(name: string, root: string): void {
  readDataset(name, root);
}

/** As `simulate`, with what only the simulation knows: the visits whose traces were not stored. For tests. */
function simulateRun(name: string, root: string): Run {
  const { canonical, incident } = readDataset(name, root);
  return runIncident(canonical, incident);
}

function readDataset(name: string, root: string): { readonly canonical: string; readonly incident: Incident } {
  const parsed = parseDatasetName(name);
  if ('error' in parsed) throw new IncidentError(`bad dataset name: ${parsed.error}`);
  const known = listIncidents(root);
  if (!known.includes(parsed.incident)) unknownIncident(parsed.incident, known);
  const file = `${FOLDER}/${parsed.incident}.yaml`;
  checkCalendar(root, FOLDER, known, parsed.incident);
  return { canonical: printDatasetName(parsed), incident: readIncident(file, readFileSync(join(root, file), 'utf8'), parsed, (name) => readShop(root, name)) };
}

function readShop(root: string, name: string): { readonly file: string; readonly text: string } | undefined {
  const file = `${FOLDER}/shops/${name}.yaml`;
  return /^[a-z0-9-]+$/.test(name) && existsSync(join(root, file)) ? { file, text: readFileSync(join(root, file), 'utf8') } : undefined;
}
