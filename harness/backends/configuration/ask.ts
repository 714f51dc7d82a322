import { setTimeout as delay } from 'node:timers/promises';
import { relative } from 'node:path';
import { parse } from 'yaml';
import type { StartedContainer } from '../../model/backend.ts';
import type { Labels } from '../../model/dataset.ts';
import type { ConfigurationOutput } from '../../model/transcript.ts';
import { HarnessError } from '../../model/verdict.ts';
import { compareLabels, sortLabels } from '../answers.ts';
import { CONFIG_FOLDER } from './files.ts';

const POLL_MS = 50;
/** How long discovery may take; afterwards a job without targets is one that has none. */
const DISCOVERY_MS = 10_000;

interface RawTargets {
  readonly activeTargets: readonly { readonly scrapePool: string; readonly scrapeUrl: string; readonly labels: Labels }[];
  readonly droppedTargetCounts: Readonly<Record<string, number>>;
}
interface RawRules {
  readonly groups: readonly { readonly name: string; readonly file: string; readonly interval: number; readonly rules: readonly { readonly type: string; readonly name: string }[] }[];
}
interface RawAlertmanagers {
  readonly activeAlertmanagers: readonly { readonly url: string }[];
}
/** As Prometheus prints it back, defaults filled in. */
interface LoadedSettings {
  readonly scrape_configs?: readonly { readonly job_name: string; readonly scrape_interval: string; readonly scrape_timeout: string }[];
  readonly alerting?: { readonly alertmanagers?: readonly unknown[] };
}

/** A Prometheus that only its network reaches: another container of that network asks it. */
export interface Asked {
  readonly server: StartedContainer;
  readonly probe: StartedContainer;
  /** Host name of the server. */
  readonly host: string;
}

/**
 * Waits until Prometheus serves. @returns what it said when it gave up its configuration; undefined: it serves
 * @throws HarnessError `backend-not-ready` when it does neither within a minute
 */
export async function awaitServing(asked: Asked, timeoutMs: number, signal: AbortSignal): Promise<string | undefined> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    if (await fetchText(asked, '/-/ready', signal) !== undefined) return undefined;
    const log = await asked.server.logTail();
    const said = readRefusal(log);
    if (said !== undefined) return said;
    if (performance.now() > endMs) throw new HarnessError('backend-not-ready', `Prometheus did not answer on /-/ready within ${timeoutMs / 1000} s. Look at its log tail.`, { logTail: log });
    await delay(POLL_MS, undefined, { signal });
  }
}

/** What Prometheus said when it gave up, out of its log; undefined when it did not. */
export function readRefusal(log: string): string | undefined {
  return /level=ERROR[^\n]*err="((?:[^"\\]|\\.)*)"/.exec(log)?.[1]?.replaceAll(/\\(["\\])/g, '$1').replaceAll(`${CONFIG_FOLDER}/`, '');
}

/** What the status pages show once discovery has found what the file names. */
export async function readStatus(asked: Asked, signal: AbortSignal): Promise<ConfigurationOutput> {
  const { yaml } = await fetchData<{ yaml: string }>(asked, '/api/v1/status/config', signal);
  const settings = parse(yaml) as LoadedSettings;
  const [targets, alertmanagers] = await awaitDiscovery(asked, settings, signal);
  const { groups } = await fetchData<RawRules>(asked, '/api/v1/rules', signal);
  return {
    kind: 'configuration',
    jobs: (settings.scrape_configs ?? []).map(({ job_name: job, scrape_interval: interval, scrape_timeout: timeout }) => ({
      job, interval, timeout,
      targets: targets.activeTargets.filter(({ scrapePool }) => scrapePool === job).map(({ scrapeUrl, labels }) => ({ url: scrapeUrl, labels: sortLabels(labels) }))
        .sort((left, right) => (left.url < right.url ? -1 : left.url > right.url ? 1 : compareLabels(left.labels, right.labels))),
      dropped: targets.droppedTargetCounts[job] ?? 0,
    })),
    ruleGroups: groups.map(({ name, file, interval, rules }) => ({
      file: relative(CONFIG_FOLDER, file), name, interval: `${interval}s`,
      rules: rules.map((rule) => ({ kind: rule.type === 'alerting' ? 'alert' as const : 'record' as const, name: rule.name })),
    })),
    alertmanagers: alertmanagers.activeAlertmanagers.map(({ url }) => url).sort(),
  };
}

async function awaitDiscovery(asked: Asked, settings: LoadedSettings, signal: AbortSignal): Promise<[RawTargets, RawAlertmanagers]> {
  const jobs = (settings.scrape_configs ?? []).map((job) => job.job_name);
  const expectsAlertmanagers = (settings.alerting?.alertmanagers ?? []).length > 0;
  const endMs = performance.now() + DISCOVERY_MS;
  for (;;) {
    const targets = await fetchData<RawTargets>(asked, '/api/v1/targets', signal);
    const alertmanagers = await fetchData<RawAlertmanagers>(asked, '/api/v1/alertmanagers', signal);
    const found = new Set([...targets.activeTargets.map((target) => target.scrapePool), ...Object.entries(targets.droppedTargetCounts).flatMap(([job, count]) => (count > 0 ? [job] : []))]);
    const isComplete = jobs.every((job) => found.has(job)) && (!expectsAlertmanagers || alertmanagers.activeAlertmanagers.length > 0);
    if (isComplete || performance.now() > endMs) return [targets, alertmanagers];
    await delay(POLL_MS, undefined, { signal });
  }
}

async function fetchData<T>(asked: Asked, path: string, signal: AbortSignal): Promise<T> {
  const text = await fetchText(asked, path, signal);
  if (text === undefined) throw new HarnessError('backend-lost', `Prometheus stopped answering at ${path}. Look at its log tail.`, { logTail: await asked.server.logTail() });
  return (JSON.parse(text) as { readonly data: T }).data;
}

/** @returns the body of a successful answer; undefined for any other */
async function fetchText({ probe, host }: Asked, path: string, signal: AbortSignal): Promise<string | undefined> {
  // The name of a server that has ended is asked of a resolver that never answers.
  const { exitCode, stdout } = await probe.exec(['curl', '--silent', '--fail', '--connect-timeout', '1', '--max-time', '10', `http://${host}:9090${path}`], signal);
  return exitCode === 0 ? stdout : undefined;
}
