import { performance } from 'node:perf_hooks';
import { hashDataset, IncidentError, requireDataset, simulate } from './simulate/index.ts';
import type { Backend } from './model/backend.ts';
import type { Dataset } from './model/dataset.ts';
import type { TranscriptLock } from './model/transcript.ts';
import { HarnessError } from './model/verdict.ts';
import { hashFiles } from './cache.ts';
import { openKnownDatasets } from './known-datasets.ts';

/** Datasets and backends as a run knows them: simulated once, hashed once. */
export interface World {
  /** @throws Error with a suggestion when it does not exist */
  dataset(name: string): Dataset;
  /** The same for those that ask for names, values and times only: simulated once a machine. */
  named(name: string): Dataset;
  explainBadDataset(name: string): string | undefined;
  /** Datasets that this world has simulated and hashed. */
  known(): KnownDatasets;
  /** The lock's entries for what a block uses. */
  lockOf(uses: { readonly datasets: readonly string[]; readonly backends: readonly string[] }): TranscriptLock;
}

type KnownDatasets = ReadonlyMap<string, { readonly dataset: Dataset; readonly sha256: string }>;

/** By the clock, as the stages are. */
const timed = { simulate: performance.timerify(simulate), requireDataset: performance.timerify(requireDataset) };

/** @param before what an earlier world knew, where incident files changed since: a dataset that comes out the same is the same, so that no backend loads it again */
export function openWorld(root: string, backends: readonly Backend[], versionOf: (image: string) => string, before: KnownDatasets = new Map()): World {
  const datasets = new Map<string, Dataset>();
  const hashes = new Map<string, string>();
  const dataset = (name: string): Dataset => {
    let found = datasets.get(name);
    if (found === undefined) {
      found = timed.simulate(name, root);
      const earlier = before.get(name);
      if (earlier !== undefined && earlier.sha256 === hashDataset(found)) {
        found = earlier.dataset;
        hashes.set(name, earlier.sha256);
      }
      datasets.set(name, found);
    }
    return found;
  };
  const hashOf = (name: string): string => {
    let hash = hashes.get(name);
    if (hash === undefined) hashes.set(name, (hash = hashDataset(dataset(name))));
    return hash;
  };
  const named = openKnownDatasets(root, dataset);
  const explained = new Map<string, string | undefined>();
  return {
    dataset,
    named: (name) => datasets.get(name) ?? named(name),
    known: () => new Map([...hashes].map(([name, sha256]) => [name, { dataset: dataset(name), sha256 }])),
    explainBadDataset: (name) => {
      if (!explained.has(name)) explained.set(name, explainBad(name, root));
      return explained.get(name);
    },
    lockOf: (uses) => ({
      formatVersion: 1,
      datasets: Object.fromEntries(uses.datasets.map((name) => [name, lockDataset(dataset(name), hashOf(name))])),
      backends: Object.fromEntries(uses.backends.map((name) => [name, lockBackend(name, backends, root, versionOf)])),
    }),
  };
}

function explainBad(name: string, root: string): string | undefined {
  try {
    // Only read, not run: most names on a page are variants, which static checks never look into.
    timed.requireDataset(name, root);
    return undefined;
  } catch (error) {
    // Anything else is a fault of the simulator, not of the page.
    if (!(error instanceof IncidentError)) throw new HarnessError('checker-crashed', `reading the dataset ${name} broke`, { cause: error });
    return error.message;
  }
}

function lockDataset(dataset: Dataset, sha256: string): TranscriptLock['datasets'][string] {
  const { startMs, endMs, faultStartMs, faultEndMs } = dataset;
  return { sha256, startMs, endMs, ...(faultStartMs === undefined ? {} : { faultStartMs }), ...(faultEndMs === undefined ? {} : { faultEndMs }) };
}

function lockBackend(name: string, backends: readonly Backend[], root: string, versionOf: (image: string) => string): TranscriptLock['backends'][string] {
  const backend = backends.find((candidate) => candidate.name === name);
  return {
    version: (backend?.images ?? []).map((image) => `${image} ${versionOf(image)}`).join(', '),
    configSha256: hashFiles(root, backend?.configFiles(root) ?? []),
  };
}
