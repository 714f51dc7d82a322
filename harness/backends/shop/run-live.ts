import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import type { EngineContext, RunResult } from '../../model/backend.ts';
import type { Block } from '../../model/block.ts';
import { attributeText } from '../answers.ts';
import { answerClaim } from './claims.ts';
import { LiveClock, type Anchor } from './clock.ts';
import { planShop, readClock, type ShopPlan, type Timeline } from './plan.ts';
import { scaleRules } from './rules.ts';
import { startShop, WARM_UP_REQUESTS, type Shop } from './shop.ts';
import { StallMeter } from './stalls.ts';

/** How one incident runs on the real services: an entry of `snippets/technow/live.yaml`. */
export interface LivePlan {
  readonly scale: number;
  readonly traffic: number;
  readonly stock?: number;
  readonly sold?: number;
  /** By name of a claim. */
  readonly expect?: Readonly<Record<string, string>>;
  readonly at?: Readonly<Record<string, string>>;
}
/** What a live run answered to the claims, and for how much of the time this machine stood still while the incident took its course: 0 to 1. */
export interface LiveResults {
  readonly results: readonly RunResult[];
  readonly stallShare: number;
  /** What ended its course early, or the asking after it. */
  readonly broke?: unknown;
}
const LIVE_PLANS = 'snippets/technow/live.yaml';
/** Before anything is wrong. */
const LEAD_MS = 5_000;
/** A day on which nothing goes wrong is lived for so long: half an hour at a scale of 60, so that no window reaches back to before it began. */
const UNEVENTFUL_MS = 30_000;
/** A run that is not over by then has a plan that nobody can have meant. */
const MAX_RUN_MS = 60_000;

/** By incident. */
export function readLivePlans(root: string): ReadonlyMap<string, LivePlan> {
  return new Map(Object.entries(parse(readFileSync(join(root, LIVE_PLANS), 'utf8')) as Record<string, LivePlan>));
}

/** A claim as the live run is held to it: with what its plan says anew, and without the figures of the dataset. */
export function restate(block: Block, { expect = {} }: LivePlan): Block {
  const { expectation } = block;
  const own = block.attributes.get('expect');
  if (own === undefined) return block;
  const text = expect[block.name ?? ''] ?? (expectation !== undefined && 'claimed' in expectation ? expectation.claimed : String(own.value));
  const others = [...block.attributes].filter(([name]) => name !== 'expect' && (name !== 'control' || block.language === 'yaml'));
  return { ...block, attributes: new Map(text === undefined ? others : [...others, ['expect', { ...own, value: text }]]) };
}

/**
 * Lives through an incident on the real services, on wall-clock time, and then asks what its claims ask: the faults are switched on and off
 * by faultctl as the incident's timeline says, one second standing for `scale` of them.
 * @param blocks claims of the incident's page, restated
 */
export async function runLive(context: EngineContext, incident: string, live: LivePlan, blocks: readonly Block[], signal: AbortSignal): Promise<LiveResults> {
  const { scale, traffic, stock, sold = 0 } = live;
  // Two checkouts took the orders that one inventory served. What warms them up is sold before the day begins.
  const history = { unitsSold: sold - WARM_UP_REQUESTS, ordersCompleted: (sold - WARM_UP_REQUESTS) / 2 };
  const plan = planShop({ root: context.root, incident, trafficFactor: traffic, settings: stock === undefined ? {} : { stock: stock + WARM_UP_REQUESTS, history } });
  const rules = blocks.filter(({ language }) => language === 'yaml').map(({ text }) => text);
  context.progress(`live: starting the shop for ${incident}`);
  await using shop = await startShop(context, plan, signal, rules.length === 0 ? undefined : scaleRules(rules, scale));
  const lastMs = Math.max(...plan.timeline.faults.map(({ untilMs }) => untilMs), ...blocks.flatMap((block) => timesOf(block, live, plan.timeline)));
  await shop.warmUp();
  context.progress(`live: ${incident} takes its course`);
  const { anchors, stallShare, broke } = await takeCourse(shop, plan, scale, lastMs, signal);
  if (broke !== undefined) return { results: [], stallShare, broke };
  try {
    await shop.unload();
    await shop.settle();
    const [first, last] = [anchors[0] as Anchor, anchors.at(-1) as Anchor];
    const run = { shop, scale, clock: new LiveClock(anchors, scale), beganMs: first.liveMs, endedMs: last.liveMs, dayStartMs: plan.timeline.startMs };
    return { stallShare, results: await Promise.all(blocks.map((block) => answerClaim(run, block, live.at?.[block.name ?? ''], signal))) };
  } catch (late) {
    return { results: [], stallShare, broke: late };
  }
}

function timesOf(block: Block, { at = {} }: LivePlan, { startMs }: Timeline): readonly number[] {
  const clock = at[block.name ?? ''] ?? attributeText(block, 'at');
  return clock === undefined ? [] : [readClock(clock, startMs)];
}

interface Course {
  /** What happened when. */
  readonly anchors: readonly Anchor[];
  readonly stallShare: number;
  readonly broke?: unknown;
}

/** Requests, then faults as the timeline has them. @returns also where it breaks: for how much of its time this machine stood still */
async function takeCourse(shop: Shop, plan: ShopPlan, scale: number, lastMs: number, signal: AbortSignal): Promise<Course> {
  using stalls = new StallMeter();
  const anchors: Anchor[] = [];
  try {
    await act(shop, plan, { anchors, scale, lastMs }, signal);
    return { anchors, stallShare: stalls.share };
  } catch (broke) {
    return { anchors, stallShare: stalls.share, broke };
  }
}

async function act(shop: Shop, { timeline: { faults } }: ShopPlan, { anchors, scale, lastMs }: { readonly anchors: Anchor[]; readonly scale: number; readonly lastMs: number }, signal: AbortSignal): Promise<void> {
  const moments = [...new Set(faults.flatMap(({ atMs, untilMs }) => [atMs, untilMs]))].sort((left, right) => left - right);
  await shop.load(MAX_RUN_MS / 1000);
  anchors.push({ dayMs: (moments[0] ?? lastMs - UNEVENTFUL_MS * scale) - LEAD_MS * scale, liveMs: Date.now() });
  const reach = async (dayMs: number, happen: () => Promise<unknown>): Promise<void> => {
    const { dayMs: beforeMs, liveMs } = anchors.at(-1) as Anchor;
    await delay(Math.max(0, liveMs + (dayMs - beforeMs) / scale - Date.now()), undefined, { signal });
    await happen();
    anchors.push({ dayMs, liveMs: Date.now() });
  };
  for (const moment of moments) await reach(moment, () => change(shop, faults, moment));
  if (lastMs > (moments.at(-1) ?? 0)) await reach(lastMs, async () => undefined);
}

/** Switches on what holds from then on, and everything else off; whoever was down until then comes back. */
async function change(shop: Shop, faults: Timeline['faults'], moment: number): Promise<void> {
  const kinds = new Set(faults.filter(({ atMs, untilMs }) => atMs <= moment && moment < untilMs).map(({ kind }) => kind));
  for (const { kind, target, untilMs } of faults) if (kind === 'instance-down' && untilMs === moment && target !== undefined) await shop.revive(target);
  await (kinds.size === 0 ? shop.faultctl('stop') : shop.faultctl('start', 'current', ...kinds));
}
