import type { Process } from './event-loop.ts';
import type { Fault, FaultOf } from './fault.ts';
import { die } from './instance.ts';
import type { World } from './world.ts';

/** Plans every scrape but the last one, then deploys and faults: what falls on a scrape happens just after it. */
export function planTimeline(world: World): void {
  const { incident, loop } = world;
  for (let atUs = 0; atUs < incident.durationUs; atUs += incident.scrapeUs) loop.at(atUs, () => world.scrape());
  for (const { atUs, target, version } of incident.deploys) loop.at(atUs, () => deploy(world, target, version));
  for (const fault of incident.faults) {
    loop.at(fault.atUs, () => {
      world.active.add(fault);
      begin(world, fault);
    });
    loop.at(fault.untilUs, () => {
      world.active.remove(fault);
      end(world, fault);
    });
  }
}

function deploy(world: World, service: Parameters<World['of']>[0], version: string): void {
  for (const instance of world.of(service)) {
    instance.version = version;
    if (instance.up) world.restart(instance);
  }
}

function begin(world: World, fault: Fault): void {
  if (fault.kind === 'pool') resize(world, fault, fault.connections);
  if (fault.kind === 'instance-down') stop(world, fault);
  if (fault.kind === 'log-flood') world.loop.spawn(flood(world, fault));
}

function end(world: World, fault: Fault): void {
  if (fault.kind === 'pool') resize(world, fault, world.service(fault.service).database?.connections);
  if (fault.kind === 'instance-down') revive(world, fault);
  if (fault.kind === 'database-down') failOver(world, fault);
}

function resize(world: World, { service }: FaultOf<'pool'>, connections: number | undefined): void {
  for (const instance of world.of(service)) if (connections !== undefined) instance.pool?.resize(connections);
}

function stop(world: World, { service, instance: name, graceful }: FaultOf<'instance-down'>): void {
  const instance = world.of(service).find((candidate) => candidate.name === name);
  if (instance === undefined) return;
  if (!graceful) return die(world, instance);
  world.log(instance, 'info', { event: 'shutdown', version: instance.version }, 'shutting down');
  // What it has begun it still ends; nothing new comes.
  instance.up = false;
}

function revive(world: World, { service, instance: name }: FaultOf<'instance-down'>): void {
  const instance = world.of(service).find((candidate) => candidate.name === name);
  if (instance === undefined) return;
  instance.up = true;
  world.restart(instance);
}

function failOver(world: World, { service, successor }: FaultOf<'database-down'>): void {
  for (const instance of world.of(service)) {
    instance.databaseHost = successor;
    if (instance.up) world.log(instance, 'info', { event: 'failover_complete', host: successor }, 'failover complete');
  }
}

/** The same line from every instance, as long as the fault holds. */
function* flood(world: World, fault: FaultOf<'log-flood'>): Process<void> {
  for (let attempt = 1; world.active.all('log-flood').includes(fault); attempt++) {
    for (const instance of world.of(fault.service)) if (instance.up) world.log(instance, 'info', { event: fault.event, attempt }, 'retrying');
    yield fault.everyUs;
  }
}
