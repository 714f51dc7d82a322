import { splitReference } from '../../compose-file/entries.ts';
import type { Compose, Disagreement, Service, Surroundings } from './agreement.ts';

interface Waiting {
  readonly service: string;
  readonly condition: string;
  /** Where it stands below `depends_on`. */
  readonly at: string | number;
}

/** Services that wait for one another in a ring, or for the health of one that has no health check: Compose starts none of them. */
export function judgeOrder(compose: Compose, { images }: Surroundings): Disagreement[] {
  const services = compose.services ?? {};
  return Object.entries(services).flatMap(([name, service]) => waitingsOf(service).flatMap(({ service: other, condition, at }): Disagreement[] => {
    const path = ['services', name, 'depends_on', at];
    const ring = findRing(name, other, services);
    if (ring !== undefined) return [{ rule: 'waits-forever', path, message: `Found \`${name}\` waiting for itself: ${[name, ...ring].join(' → ')}. Compose refuses the file. Remove one of these from \`depends_on\`.` }];
    const awaited = services[other];
    if (condition !== 'service_healthy' || awaited === undefined || awaited === null || hasHealthCheck(awaited)) return [];
    // Other images may bring a health check of their own.
    if (!images.some(({ repository }) => repository === splitReference(awaited.image ?? '')[0])) return [];
    return [{ rule: 'waits-forever', path, message: `Found \`${name}\` waiting for \`${other}\` to be healthy, and neither \`${other}\` nor its image has a health check: \`docker compose up\` gives up there. Add \`healthcheck:\` to \`${other}\`, or wait with \`condition: service_started\`.` }];
  }));
}

function waitingsOf(service: Service | null): Waiting[] {
  const { depends_on: dependsOn = [] } = service ?? {};
  if (Array.isArray(dependsOn)) return (dependsOn as readonly string[]).map((one, at) => ({ service: one, condition: 'service_started', at }));
  return Object.entries(dependsOn as Readonly<Record<string, { readonly condition?: string } | null>>).map(([one, value]) => ({ service: one, condition: value?.condition ?? 'service_started', at: one }));
}

function hasHealthCheck({ healthcheck }: Service): boolean {
  return healthcheck !== undefined && healthcheck.disable !== true && healthcheck.test?.[0] !== 'NONE';
}

/** The way from a service back to the one that waits for it; undefined where there is none. */
function findRing(name: string, next: string, services: NonNullable<Compose['services']>, seen: readonly string[] = []): string[] | undefined {
  if (next === name) return [name];
  if (seen.includes(next)) return undefined;
  for (const { service } of waitingsOf(services[next] ?? null)) {
    const rest = findRing(name, service, services, [...seen, next]);
    if (rest !== undefined) return [next, ...rest];
  }
  return undefined;
}
