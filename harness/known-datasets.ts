import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from './backends/engine-cache.ts';
import { hashFiles } from './cache.ts';
import { adoptIndexes, writeIndexes } from './checkers/support/stored-indexes.ts';
import type { Dataset } from './model/dataset.ts';
import { parseDatasetName } from './simulate/index.ts';

/** All that the telemetry of an incident and its indexes follow from, beside the incident itself. */
const MAKERS = ['harness/simulate', 'harness/model/dataset.ts', 'harness/checkers/support/field-index.ts', 'harness/checkers/support/metric-index.ts', 'harness/checkers/support/stored-indexes.ts', 'snippets/incidents/shops'];
/** Of another version of the makers, used by nobody for so long: removed. */
const UNUSED_MS = 7 * 24 * 3_600_000;

type Head = Omit<Dataset, 'series' | 'logs' | 'traces'>;

/**
 * Datasets for static checks. What these ask of one is kept on this machine by what it follows from, so that it is simulated once and
 * not once a run; who reads more of it than its names and times has it simulated.
 * @param simulate the real thing; throws where the name means nothing
 */
export function openKnownDatasets(root: string, simulate: (name: string) => Dataset): (name: string) => Dataset {
  const folder = cacheFolder('datasets', hashFiles(root, MAKERS).slice(0, 16));
  const known = new Map<string, Dataset>();
  return (name) => {
    let found = known.get(name);
    if (found === undefined) known.set(name, (found = recall(root, folder, name, simulate) ?? simulate(name)));
    return found;
  };
}

/** Undefined where the name has no incident file: who simulates it says so. */
function recall(root: string, folder: string, name: string, simulate: (name: string) => Dataset): Dataset | undefined {
  const parsed = parseDatasetName(name);
  if ('error' in parsed) return undefined;
  const file = join(root, 'snippets/incidents', `${parsed.incident}.yaml`);
  const text = attempt(() => readFileSync(file, 'utf8'));
  if (text === undefined) return undefined;
  const path = join(folder, `${createHash('sha256').update(`${name}\0${text}`).digest('hex').slice(0, 32)}.json`);
  return attempt(() => readStored(path, () => simulate(name))) ?? keep(path, simulate(name));
}

function readStored(path: string, make: () => Dataset): Dataset {
  const [head = '', indexes = ''] = readFileSync(path, 'utf8').split('\n');
  let made: Dataset | undefined;
  const whole = (): Dataset => (made ??= make());
  const dataset: Dataset = {
    ...JSON.parse(head) as Head,
    get series() { return whole().series; },
    get logs() { return whole().logs; },
    get traces() { return whole().traces; },
  };
  adoptIndexes(dataset, indexes);
  return dataset;
}

/** What cannot be kept is made anew next time: a full disk is told by whoever needs it. */
function keep(path: string, dataset: Dataset): Dataset {
  const { name, startMs, endMs, stepMs, faultStartMs, faultEndMs } = dataset;
  const head: Head = { name, startMs, endMs, stepMs, faultStartMs, faultEndMs };
  const temporary = `${path}.${process.pid}.tmp`;
  attempt(() => {
    if (mkdirSync(dirname(path), { recursive: true }) !== undefined) removeUnused(dirname(path));
    writeFileSync(temporary, `${JSON.stringify(head)}\n${writeIndexes(dataset)}`);
    renameSync(temporary, path);
    utimesSync(dirname(path), new Date(), new Date());
  });
  attempt(() => rmSync(temporary, { force: true }));
  return dataset;
}

/** Folders of other makers than those of `folder`. */
function removeUnused(folder: string): void {
  for (const name of readdirSync(dirname(folder))) {
    const other = join(dirname(folder), name);
    if (other !== folder && Date.now() - statSync(other).mtimeMs > UNUSED_MS) rmSync(other, { recursive: true, force: true });
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
