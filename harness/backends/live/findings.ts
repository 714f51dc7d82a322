import type { ProcessResult } from '../../images/sandbox/runner/protocol.ts';
import type { Block } from '../../model/block.ts';
import type { Finding } from '../../model/checker.ts';
import type { Rule } from '../../model/diagnostic.ts';
import { attributeText, wholeBlock } from '../answers.ts';
import { judgeProcess, processRules } from '../sandbox/findings.ts';
import { speechOf } from './speech.ts';
import type { ScrapeJob } from './config.ts';
import { parseLine } from './logs.ts';
import type { ScrapeProgress } from './scrapes.ts';

export const liveRules = {
  ...processRules,
  'ended-early': { level: 'error', summary: 'The service ended before Prometheus had scraped it.' },
  'not-scraped': { level: 'error', summary: 'Prometheus could not scrape the service.' },
  'no-metrics': { level: 'error', summary: 'The service was scraped but exposes no series of its own.' },
  'never-settles': { level: 'error', summary: "The service's series still change long after its traffic should be over." },
  'no-logs': { level: 'error', summary: 'The service has a logger and wrote no line.' },
  'log-not-json': { level: 'error', summary: 'The service has a structured logger and wrote a line that is not a JSON object.' },
  'logs-refused': { level: 'error', summary: 'Loki did not take the lines of the service.' },
  'no-spans': { level: 'error', summary: 'The service makes spans and none of them arrived in Jaeger.' },
  'ignores-sigterm': { level: 'error', summary: 'The service does not end when it is asked to.' },
} as const satisfies Readonly<Record<string, Rule>>;

/** Why a service got no further than this; empty when its scraping settled. */
export function judgeProgress(block: Block, job: ScrapeJob, progress: ScrapeProgress): Finding[] {
  const target = `http://${job.host}:${job.port}/metrics`;
  switch (progress.kind) {
    case 'refused': return [wholeBlock(block, 'not-scraped', `Found ${target} impossible to scrape, expected metrics there. Prometheus says: ${progress.lastError}. ${hint(block, progress.lastError)}`)];
    case 'nothing-exposed': return [wholeBlock(block, 'no-metrics', `Found no series at ${target} but those about the process, expected at least one of the service's own. Register a metric, and answer with ${speechOf(block).expose} of the registry that it is in.`)];
    case 'never-settles': return [wholeBlock(block, 'never-settles', "Found values that change with every scrape, expected them to come to rest: what they end at is the answer. Let the block's own traffic end, and do not count the requests for /metrics.")];
    default: return [];
  }
}

function hint(block: Block, lastError: string): string {
  if (/content.?type/i.test(lastError)) return `Set the header: ${speechOf(block).contentType}.`;
  if (/refused|no route|lookup/i.test(lastError)) return 'Listen on the port that the scrape configuration names, on all interfaces.';
  return 'Answer GET /metrics with status 200 and the exposition of the registry.';
}

/** A live block that ended by itself: with an error of its own, or too soon. */
export function judgeEarlyEnd(block: Block, result: ProcessResult): Finding[] {
  const findings = judgeProcess(block, result);
  if (findings.length > 0) return findings;
  return [wholeBlock(block, 'ended-early', `Found that the block ended by itself, expected it to be there for ${attributeText(block, 'scrapes')} scrapes. Listen until SIGTERM comes; a program that is to end needs no scrapes=.`)];
}

/** How it ended after SIGTERM: dying of the signal is as good as leaving on it. */
export function judgeStop(block: Block, result: ProcessResult, ignoredTerm: boolean): Finding[] {
  if (ignoredTerm) return [wholeBlock(block, 'ignores-sigterm', `Found the service still running 5 s after SIGTERM, expected it to end. ${speechOf(block).stop}.`)];
  if (result.signal === 'SIGTERM' || result.exitCode === 143) return [];
  return judgeProcess(block, result);
}

/** @param source the block and all that it imports; `stored` what Loki answers */
export function judgeLogs(block: Block, source: string, result: ProcessResult, stored: readonly string[], refusal: string | undefined): Finding[] {
  const lines = result.lines;
  if (refusal !== undefined || stored.length !== lines.length) {
    return [wholeBlock(block, 'logs-refused', `Found ${stored.length} of ${lines.length} lines in Loki, expected all.${refusal === undefined ? '' : ` It says: ${refusal}.`} Write shorter lines, or fewer.`)];
  }
  const { logger, print } = speechOf(block);
  if (!logger.sign.test(source)) return [];
  if (lines.length === 0) return [wholeBlock(block, 'no-logs', `Found a logger (${logger.name}) and no line from it, expected at least one. Log what the traffic did, lower its level, or drop it.`)];
  const bad = lines.find(({ line }) => parseLine(line) === undefined);
  return bad === undefined ? [] : [wholeBlock(block, 'log-not-json', `Found the line \`${bad.line.slice(0, 200)}\`, expected a JSON object on every line: Loki's json stage cannot read it. Write it with the logger, not with ${print}.`)];
}

/** @param stored spans that Jaeger stored, of any service; `traces` those found under the service's name */
export function judgeSpans(block: Block, source: string, service: string, stored: number, traces: number, services: readonly string[]): Finding[] {
  const { span } = speechOf(block);
  if (traces > 0 || !span.sign.test(source)) return [];
  if (stored === 0) return [wholeBlock(block, 'no-spans', `Found calls of ${span.name}() and no span in Jaeger, expected them there. Register a TracerProvider with an OTLP exporter before the first span, end every span, and shut the provider down on SIGTERM: its last batch is still in memory.`)];
  return [wholeBlock(block, 'no-spans', `Found ${stored} ${stored === 1 ? 'span' : 'spans'} in Jaeger under ${services.map((name) => `"${name}"`).join(', ')}, expected them under "${service}". Set service.name in the provider's resource.`)];
}
