import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Block } from '../../model/block.ts';
import type { TextRange } from '../../model/place.ts';
import { HarnessError } from '../../model/verdict.ts';
import { attributeText } from '../support/attributes.ts';
import { wholeBlock } from '../support/ranges.ts';

export interface RouteFinding {
  readonly block: Block;
  readonly rule: 'bad-attribute' | 'wrong-route';
  readonly range: TextRange;
  readonly message: string;
  readonly attribute: 'routes';
}
interface RouteTest {
  readonly labels: readonly string[];
  readonly receivers: readonly string[];
}
const TEST = /^((?:[A-Za-z_]\w*=[^\s=]+\s+)+)->\s*(\S+(?:\s*,\s*\S+)*)$/;

/** Routing tests: `routes="severity=page -> on-call; severity=ticket service=checkout -> tickets"`, asked of amtool one by one. */
export async function checkRoutes(blocks: readonly Block[], amtool: string | undefined, signal: AbortSignal): Promise<readonly RouteFinding[]> {
  const findings: RouteFinding[] = [];
  for (const block of blocks) {
    const parts = (attributeText(block, 'routes') ?? '').split(';').map((part) => part.trim()).filter((part) => part !== '');
    const tests = parts.map((part) => ({ part, test: readTest(part) }));
    const say = (rule: RouteFinding['rule'], message: string): void => void findings.push({ block, rule, range: wholeBlock(block), message, attribute: 'routes' });
    for (const { part, test } of tests) {
      if (test === undefined) say('bad-attribute', `Found \`${part}\` in \`routes\`, expected labels and receivers such as \`severity=page service=checkout -> on-call\`, several joined by \`;\`. Correct it.`);
    }
    const sound = tests.flatMap(({ test }) => test ?? []);
    if (sound.length === 0 || amtool === undefined) continue;
    for (const [index, got] of (await askAll(amtool, block, sound, signal)).entries()) {
      const { labels, receivers } = sound[index] as RouteTest;
      if (got.join() !== receivers.join()) say('wrong-route', `An alert with ${labels.join(' ')} goes to ${got.join(', ')}, and \`routes\` says ${receivers.join(', ')}. The first route that matches takes it, unless it says \`continue: true\`. Correct the routes or the attribute.`);
    }
  }
  return findings;
}

function readTest(part: string): RouteTest | undefined {
  const [, labels, receivers] = TEST.exec(part) ?? [];
  return labels === undefined || receivers === undefined ? undefined : { labels: labels.trim().split(/\s+/), receivers: receivers.split(',').map((name) => name.trim()) };
}

async function askAll(amtool: string, block: Block, tests: readonly RouteTest[], signal: AbortSignal): Promise<readonly (readonly string[])[]> {
  const folder = await mkdtemp(join(tmpdir(), 'check-routes-'));
  try {
    const file = join(folder, 'alertmanager.yml');
    await writeFile(file, `${block.text}\n`);
    return await Promise.all(tests.map(({ labels }) => ask(amtool, file, labels, signal)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function ask(amtool: string, file: string, labels: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    execFile(amtool, ['config', 'routes', 'test', `--config.file=${file}`, ...labels], { signal }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trim().split(',').map((name) => name.trim()));
      else reject(new HarnessError(signal.aborted ? 'cancelled' : 'checker-crashed', 'amtool config routes test failed on a file that amtool accepts. Look at what it said.', { cause: error, logTail: stderr }));
    });
  });
}
