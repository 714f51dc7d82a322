import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineCourseCheck, type CourseContext, type CourseFinding, type Spot } from '../model/course-check.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import { HarnessError } from '../model/verdict.ts';
import { isNear } from '../rule-file/rule-file.ts';
import { isCode } from './kinds.ts';
import { isHomeless, selectorsIn, type Asked } from './queries.ts';
import { readMetrics } from './read-code.ts';
import { readOnce } from '../model/read-once.ts';
import { definitionsOf, nearestTo } from './rule-blocks.ts';

const rules = {
  'unexposed-metric': { level: 'error', summary: 'A query names a metric that no code and no dataset of the course exposes.' },
  'undefined-recording': { level: 'error', summary: 'A query names a series that no recording rule of the course makes.' },
} as const satisfies Readonly<Record<string, Rule>>;

/** Every metric that is known without simulating anything, and where its name stands. */
type Known = ReadonlyMap<string, readonly Spot[]>;

/** What Prometheus, exporters and client libraries expose by themselves, which no page declares. */
const BY_OTHERS = /^(?:up|scrape_\w+|ALERTS(?:_FOR_STATE)?|(?:go|process|python|nodejs|prometheus|promhttp|alertmanager|loki|jaeger|otelcol|node|container|kube|apiserver|kubelet|grafana|net_conntrack)_\w+)$/;
const INCIDENTS = 'snippets/incidents';
const SUFFIXES = ['', '_total', '_bucket', '_sum', '_count'];

/** Metrics and recorded series of queries that no dataset and no service answers. Those of others are held against what answers them. */
export const metrics = defineCourseCheck({
  rules,
  check: (context) => {
    const asked = context.blocks.filter((block) => isHomeless(block, context)).flatMap(selectorsIn).filter(({ selector }) => selector.metric !== undefined && !BY_OTHERS.test(selector.metric));
    if (asked.length === 0) return [];
    const recorded = definitionsOf('record', context);
    const known: Known = new Map([...knownMetrics(context), ...recorded]);
    const isInDataset = openDatasets(context);
    return asked.filter(({ selector }) => !known.has(selector.metric ?? '')).flatMap((one) => ((one.selector.metric ?? '').includes(':') ? tellRecording(one, recorded, context) : tellMetric(one, known, isInDataset, context)));
  },
});

function tellRecording({ selector: { metric = '' }, at }: Asked, recorded: Known, context: CourseContext): CourseFinding<keyof typeof rules>[] {
  const near = context.suggest(metric, recorded.keys());
  const spot = nearestTo(at.block.page, recorded.get(near ?? '') ?? []);
  const advice = near === undefined ? 'Show the rule that records it, or ask for what it is made of.' : `Did you mean \`${near}\`?`;
  return [{ rule: 'undefined-recording', at, message: `Found \`${metric}\`, expected a series that a recording rule of the course makes. ${advice}`, related: spot === undefined ? [] : [{ message: `\`${near}\` is recorded here`, at: spot }] }];
}

function tellMetric({ selector: { metric = '' }, at }: Asked, known: Known, isInDataset: (metric: string) => boolean, context: CourseContext): CourseFinding<keyof typeof rules>[] {
  if (isComputed(context)) return [];
  // One letter beside a name that is known, it is that name misspelt, and no dataset needs to be asked.
  if (![...known.keys()].some((name) => isNear(metric, name)) && isInDataset(metric)) return [];
  const near = context.suggest(metric, known.keys());
  const spot = nearestTo(at.block.page, known.get(near ?? '') ?? []);
  const advice = near === undefined ? 'Correct the name, or show what exposes it.' : `Did you mean \`${near}\`?`;
  return [{ rule: 'unexposed-metric', at, message: `Found \`${metric}\`, expected a metric that code or a dataset of the course exposes. ${advice}`, related: spot === undefined ? [] : [{ message: `\`${near}\` stands here`, at: spot }] }];
}

/** Declared in code, printed by a service, or asked of a dataset or service, which knows it. */
function knownMetrics(context: CourseContext): Known {
  const known = new Map<string, Spot[]>();
  const add = (name: string, spot: Spot): void => void known.set(name, [...known.get(name) ?? [], spot]);
  for (const block of context.blocks) {
    if (isCode(block)) for (const { text, range } of readMetrics(block.text).names) for (const suffix of SUFFIXES) add(`${text}${suffix}`, { block, range });
    if (isExposition(block)) for (const { name, offset } of readSamples(block.text)) add(name, { block, range: { offset, length: name.length } });
    if (!isHomeless(block, context) && !block.attributes.has('empty')) for (const { selector, at } of selectorsIn(block)) if (selector.metric !== undefined) add(selector.metric, at);
  }
  return known;
}

function isExposition({ language }: Block): boolean {
  return language === 'prometheus' || language === 'openmetrics';
}

const readSamples = readOnce((text) => [...text.matchAll(/^[A-Za-z_:][\w:]*(?=[{\s])/gm)].map((match) => ({ name: match[0], offset: match.index })));

/** Code that computes names may expose anything. */
function isComputed({ blocks }: CourseContext): boolean {
  return blocks.some((block) => isCode(block) && readMetrics(block.text).hasComputed);
}

/** The last resort, since it may simulate: only for names that stand nowhere else, and each dataset once. Variants have the metrics of their incident. */
function openDatasets({ root, blocks, datasetOf, metricsOf }: CourseContext): (metric: string) => boolean {
  let names: ReadonlySet<string> | undefined;
  const list = (): ReadonlySet<string> => {
    const asked = blocks.flatMap((block) => datasetOf(block)?.replace(/\(.*$/s, '') ?? []);
    const existing = existsSync(join(root, INCIDENTS)) ? readdirSync(join(root, INCIDENTS)).filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -'.yaml'.length)) : [];
    return new Set([...asked, ...existing]);
  };
  const known = new Map<string, ReadonlySet<string>>();
  const read = (name: string): ReadonlySet<string> => {
    try {
      return metricsOf(name);
    } catch (error) {
      // One that does not exist is planning's finding.
      if (error instanceof HarnessError) throw error;
      return new Set();
    }
  };
  return (metric) => [...(names ??= list())].some((name) => {
    const metrics = known.get(name) ?? read(name);
    known.set(name, metrics);
    return metrics.has(metric);
  });
}
