import { readFileSync } from 'node:fs';
import type { Backend, BackendContext, RunRequest, RunResult, StartedContainer } from '../model/backend.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import type { TextRange } from '../model/place.ts';
import { coursePath } from './course-path.ts';
import { attributeText, wholeBlock } from './answers.ts';
import { PROMETHEUS_CONFIG } from './live/config.ts';
import { readScrape, type Scrape } from './exposition/scrape.ts';
import { makeScrapeConfig, readTargetLabels, SERVER } from './exposition/target.ts';

const SOURCES = 'harness/backends/exposition';
const PROMETHEUS_PORT = 9090;
/** By language: what a service says of such an answer. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};
const rules = {
  'rejected': { level: 'error', summary: 'Prometheus refused the scrape.' },
  'not-rejected': { level: 'error', summary: 'Prometheus took a page that the lesson says it refuses.' },
  'other-rejection': { level: 'error', summary: 'Prometheus refused the scrape, but not with the words that the lesson expects.' },
  'values-dropped': { level: 'error', summary: 'Prometheus took the scrape and did not store every value of it.' },
} as const satisfies Readonly<Record<string, Rule>>;

/** Exposition text as a service would serve it: a real Prometheus scrapes exactly these bytes. All pages stand on one server and are scraped at once. */
export const exposition: Backend = {
  name: 'exposition',
  images: ['prometheus', 'sandbox'],
  rules,
  configFiles: () => [PROMETHEUS_CONFIG, ...['scrape.ts', 'serve.mjs', 'target.ts'].map((file) => `${SOURCES}/${file}`)],
  // Values are exact; only when it was scraped differs.
  normalise: (output) => (output.kind === 'vector' ? { ...output, atMs: undefined } : output),
  start: async (context) => ({
    versions: [{ name: 'prometheus', version: context.engine.version('prometheus') }],
    run: (requests, onResult, signal) => scrapeAll(context, requests, onResult, signal),
    // Both containers are gone as soon as the pages are answered.
    [Symbol.asyncDispose]: async () => undefined,
  }),
};

async function scrapeAll(context: BackendContext, requests: readonly RunRequest[], onResult: (result: RunResult) => void, signal: AbortSignal): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const blocks = requests.map(({ block }) => block);
  stack.use(await startServer(context, blocks, signal));
  const prometheus = stack.use(await startPrometheus(context, blocks.length, signal));
  for (const [page, block] of blocks.entries()) {
    const startedMs = performance.now();
    const scrape = await readScrape(prometheus.url(PROMETHEUS_PORT), page, signal);
    onResult({ ...judgeScrape(block, scrape), elapsedMs: Math.round(performance.now() - startedMs) });
  }
}

/** Nothing of an author's runs here; it is confined all the same. */
function startServer({ engine, root, sandboxNetwork }: BackendContext, blocks: readonly Block[], signal: AbortSignal): Promise<StartedContainer> {
  // A block has no line break at its end, and both formats want one.
  const pages = Object.fromEntries(blocks.map((block, index) => [`/${index}`, { contentType: CONTENT_TYPES[block.language], text: `${block.text}\n` }]));
  return engine.start({
    image: 'sandbox', confined: true, aliases: [SERVER], command: ['node', '/scratch/serve.mjs'], ports: [], networks: [sandboxNetwork],
    files: [
      { path: '/scratch/serve.mjs', content: readFileSync(coursePath(root, `${SOURCES}/serve.mjs`)) },
      { path: '/scratch/pages.json', content: JSON.stringify(pages) },
    ],
  }, signal);
}

function startPrometheus({ engine, root, network, sandboxNetwork }: BackendContext, pages: number, signal: AbortSignal): Promise<StartedContainer> {
  return engine.start({
    image: 'prometheus',
    aliases: [],
    // The last is hidden: without it Prometheus looks at its targets after 5 s only.
    command: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus', '--storage.tsdb.retention.time=100y', '--enable-feature=exemplar-storage', '--scrape.discovery-reload-interval=100ms'],
    ports: [PROMETHEUS_PORT],
    files: [{ path: '/etc/prometheus/prometheus.yml', content: makeScrapeConfig(pages, readTargetLabels(root)) }],
    ready: { path: '/-/ready', port: PROMETHEUS_PORT },
    networks: [network, sandboxNetwork],
  }, signal);
}

function judgeScrape(block: Block, scrape: Scrape): Omit<RunResult, 'elapsedMs'> {
  const expected = attributeText(block, 'rejects');
  const range = scrape.kind === 'refused' ? findLine(block.text, scrape.message) : undefined;
  const find = (rule: keyof typeof rules, message: string): Omit<RunResult, 'elapsedMs'> => ({ block, output: undefined, findings: [{ ...wholeBlock(block, rule, message), ...(range === undefined ? {} : { range }) }] });
  if (scrape.kind === 'refused') {
    if (expected === undefined) return find('rejected', `Prometheus refused this page, and said: ${scrape.message}. Correct the text, or say with rejects="…" that it is wrong on purpose.`);
    if (!scrape.message.includes(expected)) return find('other-rejection', `Prometheus refused this page with other words than rejects="${expected}". It said: ${scrape.message}. Copy from that, or correct the text.`);
    return { block, output: { kind: 'rejection', tool: 'Prometheus', message: scrape.message }, findings: [] };
  }
  if (expected !== undefined) return find('not-rejected', `Prometheus took this page, but rejects="${expected}" says that it refuses it. Remove the attribute, or show a page that is really refused.`);
  if (scrape.kept !== scrape.read) return find('values-dropped', `Prometheus read ${scrape.read} values and stored ${scrape.kept}: it drops a value whose time lies years back or ahead of now, and one whose series it has already. Leave the times out, and name each series once.`);
  return { block, output: scrape.output, findings: [] };
}

/** The line that Prometheus was reading: it ends its words with `while parsing: "…"`, up to where it stopped. */
function findLine(text: string, message: string): TextRange | undefined {
  const quoted = /while parsing: ("(?:[^"\\]|\\.)*")$/s.exec(message)?.[1];
  const begin = quoted === undefined ? '' : quoted.slice(1, -1).replace(/\\(["\\])/g, '$1').trim();
  const offset = begin === '' ? -1 : text.indexOf(begin);
  return offset === -1 ? undefined : { offset, length: text.slice(offset).split('\n')[0]?.length ?? 0 };
}
