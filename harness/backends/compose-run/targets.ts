import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { HarnessError } from '../../model/verdict.ts';
import type { ComposeOutput } from '../../model/transcript.ts';
import { askFrom } from '../trial/ask.ts';
import { baseUrl, ServiceFault, type Place, type RunningService } from './place.ts';

const UP_MS = 60_000;
/** How long discovery may take; afterwards a job without targets is one that has none. */
const DISCOVERY_MS = 10_000;
const POLL_MS = 200;

type Target = ComposeOutput['targets'][number];
interface RawTarget {
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}
interface RawTargets {
  readonly activeTargets: readonly RawTarget[];
  readonly droppedTargetCounts?: Readonly<Record<string, number>>;
}

/**
 * Waits until a Prometheus of the file fetches every target that is a service of the file.
 * @param hosts all names that services of the file go by @throws ServiceFault for one that stays down, HarnessError
 */
export async function awaitTargets(service: RunningService, hosts: ReadonlySet<string>, { probe, signal }: Place): Promise<readonly Target[]> {
  const { name } = service.plan;
  const isInside = ({ scrapeUrl }: RawTarget): boolean => hosts.has(new URL(scrapeUrl).hostname);
  const ask = async <T>(path: string): Promise<T> => {
    const { status, body } = await askFrom(probe, `${baseUrl(service.plan)?.base ?? ''}/api/v1/${path}`, {}, signal);
    if (status !== 200) throw new HarnessError('backend-lost', `Prometheus answered ${status} on /api/v1/${path}. Look at its log tail.`, { logTail: await service.container.logTail() });
    return (JSON.parse(body) as { readonly data: T }).data;
  };
  const { yaml } = await ask<{ readonly yaml: string }>('status/config');
  const jobs = (parse(yaml) as { readonly scrape_configs?: readonly { readonly job_name: string }[] }).scrape_configs?.map((job) => job.job_name) ?? [];
  const beganMs = performance.now();
  const endMs = beganMs + UP_MS;
  for (;;) {
    const { activeTargets: targets, droppedTargetCounts: dropped } = await ask<RawTargets>('targets');
    const isDiscovered = jobs.every((job) => (dropped?.[job] ?? 0) > 0 || targets.some(({ scrapePool }) => scrapePool === job)) || performance.now() > beganMs + DISCOVERY_MS;
    const waiting = targets.filter((target) => isInside(target) && target.health !== 'up');
    if (isDiscovered && waiting.length === 0) return targets.map((target): Target => ({ service: name, job: target.scrapePool, url: target.scrapeUrl, health: isInside(target) ? 'up' : 'outside' })).sort(byJob);
    const down = waiting.find(({ health }) => health === 'down');
    if (performance.now() > endMs) throw new ServiceFault('target-down', ['services', name], `Found the target ${waiting[0]?.scrapeUrl ?? ''} of the job \`${waiting[0]?.scrapePool ?? ''}\` down, expected \`${name}\` to fetch it: ${explain(down?.lastError).replace(/\.?$/, '.')} Correct the target in the configuration of \`${name}\`, or the service that it names.`);
    await delay(POLL_MS, undefined, { signal });
  }
}

/** Which of the two it says of a name that is not there differs from one try to the next. */
function explain(error: string | undefined): string {
  if (error === undefined) return 'it was not fetched yet';
  return /\blookup\b|no such host|deadline exceeded/.test(error) ? 'nobody answers to that name on its networks' : error;
}

function byJob(left: Target, right: Target): number {
  const [a, b] = [`${left.job} ${left.url}`, `${right.job} ${right.url}`];
  return a < b ? -1 : a > b ? 1 : 0;
}
