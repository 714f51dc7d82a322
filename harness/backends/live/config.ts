import { readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { parseDocument } from 'yaml';
import { HarnessError } from '../../model/verdict.ts';
import type { Block } from '../../model/block.ts';

/** The scrape configuration that lessons show. */
export const PROMETHEUS_CONFIG = 'snippets/stack/prometheus.yml';
const INTERVAL = '1s';

export interface ScrapeJob {
  readonly name: string;
  /** Host name and port of the job's first target. */
  readonly host: string;
  readonly port: number;
}
export interface ScrapeConfig {
  /** The shown file with its two global intervals shortened, and nothing else changed. */
  readonly text: string;
  readonly jobs: readonly ScrapeJob[];
}

/** Reads the shown scrape configuration. @throws HarnessError `io-failed` when it names no target */
export function readScrapeConfig(root: string): ScrapeConfig {
  const document = parseDocument(readFileSync(join(root, PROMETHEUS_CONFIG), 'utf8'));
  document.setIn(['global', 'scrape_interval'], INTERVAL);
  document.setIn(['global', 'evaluation_interval'], INTERVAL);
  const { scrape_configs: configs = [] } = document.toJS() as { scrape_configs?: { job_name: string; static_configs?: { targets: string[] }[] }[] };
  const jobs = configs.flatMap((config) => {
    const [host, port] = config.static_configs?.[0]?.targets[0]?.split(':') ?? [];
    return host === undefined || port === undefined ? [] : [{ name: config.job_name, host, port: Number(port) }];
  });
  if (jobs.length === 0) throw new HarnessError('io-failed', `${PROMETHEUS_CONFIG} has no job with a static target host:port: a live block would never be scraped`);
  return { text: document.toString(), jobs };
}

/** The job that scrapes a live block: the one named like its file, else the first. */
export function jobOf(block: Block, config: ScrapeConfig): ScrapeJob {
  const name = block.source === undefined ? undefined : parse(block.source).name;
  return config.jobs.find((job) => job.name === name) ?? (config.jobs[0] as ScrapeJob);
}
