import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Block } from '../../model/block.ts';
import type { CheckContext, Finding } from '../../model/checker.ts';
import { stackPorts } from '../../model/stack.ts';
import { wordsThatAsk } from './commands-used.ts';

type Found = Omit<Finding<'unknown-port' | 'far-host' | 'no-dataset' | 'unquoted-address' | 'curl-pattern'>, 'block'>;

/** `http://host:port`, and `localhost:port` as curl takes it. */
const ADDRESS = /(?:\bhttps?:\/\/([\w.-]+|\[[\da-f:]+\])(?::(\d+))?|\b(localhost|127\.0\.0\.1):(\d+))/g;
const NEAR = new Set(['localhost', '127.0.0.1', '[::1]']);
const LISTENING = new Set(['ts', 'typescript', 'js', 'javascript', 'python', 'py']);
/** `.listen(8080)`, `.listen(Number(process.env['PORT'] ?? 8080))`, `make_server("0.0.0.0", 8080, app)`, `app.run(port=8080)`. */
const LISTENS = /(?:\.listen\(|\b(?:make_server|\w*HTTPServer|start_http_server)\(|\.run\([^)\n]*\bport\s*=)[^;\n]*?\b(\d{2,5})\b/g;
/** Where the services that a page builds listen, as the course's Prometheus is told. */
const SCRAPED = 'snippets/stack/prometheus.yml';

/** Addresses that lead nowhere. @param isRun false for a block that is only checked: then the reader's own services count too */
export function checkAddresses(block: Block, isRun: boolean, context: CheckContext): Found[] {
  const published = Object.entries(stackPorts).map(([service, port]) => ({ service, port: String(port) }));
  const known = new Set([...published.map(({ port }) => port), ...(isRun ? [] : [...scrapedPorts(context.root), ...listenedPorts(block, context)])]);
  const asked = new Set<string>();
  const found: Found[] = [];
  for (const { match, end, globs } of addressesIn(block.text)) {
    const [whole, urlHost, urlPort, bareHost, barePort] = match;
    const [host, port] = [urlHost ?? bareHost ?? '', urlPort ?? barePort ?? '80'];
    const range = { offset: match.index, length: whole.length };
    const pattern = globs && /\[|(?<!\$)\{/.exec(block.text.slice(match.index, end));
    if (pattern) found.push({ rule: 'curl-pattern', range: { offset: match.index + pattern.index, length: 1 }, message: `Found \`${pattern[0]}\` in an address for curl, which takes […] and {…} for patterns and asks something else, expected -g, which turns that off. Write \`curl -g\`, or pass the query by -G --data-urlencode 'query=…'.` });
    if (/^&\w+=/.test(block.text.slice(end))) found.push({ rule: 'unquoted-address', range: { offset: end, length: 1 }, message: 'Found `&` in an address without quotes, expected it quoted: bash ends the command there, sends it to the background, and takes the rest for another. Write \'…\' around the address.' });
    if (!NEAR.has(host)) {
      if (isRun && urlHost !== undefined) found.push({ rule: 'far-host', range, message: `Found the host ${host}, expected localhost: what runs in the sandbox reaches nothing else. Ask localhost, or write \`no_run\` on the fence.` });
      continue;
    }
    if (known.has(port)) asked.add(port);
    else found.push({ rule: 'unknown-port', range, message: `Found port ${port} of localhost, expected one that the course's stack publishes: ${published.map((each) => `${each.port} (${each.service})`).join(', ')}. Correct it${isRun ? ', or write `no_run` on the fence for a service that the reader starts' : ''}.` });
  }
  const lacking = isRun && asked.size > 0 && context.datasetOf(block) === undefined;
  return lacking ? [...found, { rule: 'no-dataset', range: { offset: 0, length: block.text.length }, message: 'These commands ask a service, but nothing says with which data: add `dataset=…` to the fence, or `dataset:` to the page\'s frontmatter.' }] : found;
}

/** Of the page's own code: a reader starts it, and asks it. */
function listenedPorts(block: Block, { allBlocks }: CheckContext): string[] {
  const code = allBlocks.filter(({ page, language }) => page === block.page && LISTENING.has(language));
  return code.flatMap(({ text }) => [...text.matchAll(LISTENS)].map(([, port]) => port as string));
}

function scrapedPorts(root: string): string[] {
  return [...readFileSync(join(root, SCRAPED), 'utf8').matchAll(/^\s*-?\s*targets:.*$/gm)].flatMap(([line]) => [...line.matchAll(/:(\d+)\b/g)].map(([, port]) => port as string));
}

/** Each address, where the word ends that it stands in, and whether curl looks for patterns in it. */
function addressesIn(text: string): { readonly match: RegExpExecArray; readonly end: number; readonly globs: boolean }[] {
  const words = wordsThatAsk(text);
  return [...text.matchAll(ADDRESS)].flatMap((match) => {
    const word = words.find(({ offset, length }) => offset <= match.index && match.index < offset + length);
    return word === undefined ? [] : [{ match, end: word.offset + word.length, globs: word.globs }];
  });
}
