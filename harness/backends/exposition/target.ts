import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Labels } from '../../model/dataset.ts';
import { HarnessError } from '../../model/verdict.ts';
import { PROMETHEUS_CONFIG } from '../live/config.ts';

/** Host name and port of the container that serves the pages. */
export const SERVER = 'exposition';
export const SERVER_PORT = 8080;
/** A target label of ours that keeps blocks apart in one Prometheus; it is left out of every answer. */
export const BLOCK_LABEL = 'course_block';

/**
 * What the first job of the shown `prometheus.yml` adds to every series: job, instance and its own labels.
 * @throws HarnessError `io-failed` when it names no target
 */
export function readTargetLabels(root: string): Labels {
  const { scrape_configs: [job] = [] } = parse(readFileSync(join(root, PROMETHEUS_CONFIG), 'utf8')) as {
    scrape_configs?: { job_name: string; static_configs?: { targets?: string[]; labels?: Record<string, string> }[] }[];
  };
  const [group] = job?.static_configs ?? [];
  const instance = group?.targets?.[0];
  if (job === undefined || instance === undefined) throw new HarnessError('io-failed', `${PROMETHEUS_CONFIG} has no job with a static target: what a scrape adds to a series is taken from there`);
  return { job: job.job_name, instance, ...group?.labels };
}

/** One job a page. Samples that carry old times of their own are taken too. */
export function makeScrapeConfig(pages: number, labels: Labels): string {
  return stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    storage: { tsdb: { out_of_order_time_window: '3650d' } },
    scrape_configs: Array.from({ length: pages }, (_, index) => ({
      job_name: `page-${index}`,
      metrics_path: `/${index}`,
      static_configs: [{ targets: [`${SERVER}:${SERVER_PORT}`], labels: { ...labels, [BLOCK_LABEL]: String(index) } }],
    })),
  });
}
