import { splitReference } from '../../compose-file/entries.ts';
import { readHealth } from '../../compose-file/health.ts';
import { findLacking } from '../../compose-file/known-images.ts';
import { Untried } from '../../compose-file/interpolate.ts';
import type { Compose, Disagreement, Surroundings } from './agreement.ts';

/** Health checks that cannot but fail: their image has no such program, so the service stays unhealthy whatever it does. */
export function judgeHealth(compose: Compose, { images }: Surroundings): Disagreement[] {
  return Object.entries(compose.services ?? {}).flatMap(([name, service]): Disagreement[] => {
    const pinned = images.find(({ repository }) => repository === splitReference(service?.image ?? '')[0]);
    const health = pinned && readAnyway(name, service?.healthcheck);
    const lacking = pinned === undefined || health === undefined ? undefined : findLacking(pinned.name, health);
    if (pinned === undefined || lacking === undefined) return [];
    const way = pinned.name === 'loki' ? 'ask from another container, or leave the check out' : 'use `wget`, which it has, or a program of the service';
    return [{ rule: 'no-such-program', path: ['services', name, 'healthcheck', 'test'], message: `Found a health check that needs \`${lacking}\`, which ${pinned.repository}:${pinned.tag} does not have: \`${name}\` stays unhealthy, and what waits for it is never started. Instead, ${way}.` }];
  });
}

function readAnyway(name: string, health: NonNullable<NonNullable<Compose['services']>[string]>['healthcheck']): ReturnType<typeof readHealth> {
  try {
    return readHealth(name, health);
  } catch (error) {
    // A script says nothing for certain.
    if (error instanceof Untried) return undefined;
    throw error;
  }
}
