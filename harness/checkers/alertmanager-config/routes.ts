import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Block } from '../../model/block.ts';
import type { TextRange } from '../../model/place.ts';
import { HarnessError } from '../../model/verdict.ts';
import { parseDurationMs } from '../../rule-file/durations.ts';
import { attributeText } from '../support/attributes.ts';
import { wholeBlock } from '../support/ranges.ts';
import { explainPace, nameRoutes, PACE_KEYS, type Route } from './pace.ts';
import { runTool } from '../../model/run-tool.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../model/temporary.ts';

export interface RouteFinding {
  readonly block: Block;
  readonly rule: 'bad-attribute' | 'wrong-route';
  readonly range: TextRange;
  readonly message: string;
  readonly attribute: 'routes';
}
interface RouteTest {
  readonly labels: readonly string[];
  readonly receivers: readonly { readonly name: string; readonly pace: ReadonlyMap<(typeof PACE_KEYS)[number], string> }[];
}
const TEST = /^((?:[A-Za-z_]\w*=[^\s=]+\s+)+)->\s*(.+)$/;
const RECEIVER = /^([^\s{},;]+)\s*(?:\{([^{}]*)\})?$/;

/**
 * Routing tests: `routes="severity=page -> on-call; severity=ticket service=checkout -> tickets{group_wait=30s, group_by=alertname+service}"`, asked of
 * amtool one by one. What stands in braces is what the route that takes the alert sends by, inherited settings and defaults included.
 */
export async function checkRoutes(blocks: readonly Block[], amtool: string | undefined, signal: AbortSignal): Promise<readonly RouteFinding[]> {
  const findings: RouteFinding[] = [];
  for (const block of blocks) {
    const parts = (attributeText(block, 'routes') ?? '').split(';').map((part) => part.trim()).filter((part) => part !== '');
    const tests = parts.map((part) => ({ part, test: readTest(part) }));
    const say = (rule: RouteFinding['rule'], message: string): void => void findings.push({ block, rule, range: wholeBlock(block), message, attribute: 'routes' });
    for (const { part, test } of tests) {
      if (test === undefined) say('bad-attribute', `Found \`${part}\` in \`routes\`, expected labels and receivers such as \`severity=page service=checkout -> on-call\`, several joined by \`;\`, a receiver with what it is told by in braces: \`on-call{group_wait=30s, group_by=alertname+service}\`. Correct it.`);
    }
    const sound = tests.flatMap(({ test }) => test ?? []);
    if (sound.length === 0 || amtool === undefined) continue;
    for (const [index, got] of (await askAll(amtool, block, sound, signal)).entries()) for (const message of judge(sound[index] as RouteTest, got)) say('wrong-route', message);
  }
  return findings;
}

function judge({ labels, receivers }: RouteTest, got: readonly Route[]): string[] {
  const names = receivers.map(({ name }) => name);
  if (got.map(({ receiver }) => receiver).join() !== names.join()) return [`An alert with ${labels.join(' ')} goes to ${got.map(({ receiver }) => receiver).join(', ')}, and \`routes\` says ${names.join(', ')}. The first route that matches takes it, unless it says \`continue: true\`. Correct the routes or the attribute.`];
  return receivers.flatMap(({ name, pace }, index) => explainPace((got[index] as Route).pace, pace).map((words) => `For an alert with ${labels.join(' ')}, which goes to ${name}, ${words}. A route that does not say it has it from the one above. Correct the routes or the attribute.`));
}

function readTest(part: string): RouteTest | undefined {
  const [, labels, list = ''] = TEST.exec(part) ?? [];
  // Not at a comma in braces.
  const receivers = list.split(/,(?![^{]*\})/).map((one) => readReceiver(one.trim()));
  return labels === undefined || receivers.includes(undefined) ? undefined : { labels: labels.trim().split(/\s+/), receivers: receivers.flatMap((one) => one ?? []) };
}

function readReceiver(text: string): RouteTest['receivers'][number] | undefined {
  const [, name, settings = ''] = RECEIVER.exec(text) ?? [];
  const pairs = settings.split(',').map((pair) => pair.trim()).filter((pair) => pair !== '').map((pair) => pair.split('=').map((word) => word.trim()));
  const pace = new Map(pairs.flatMap(([key, value = '']): [(typeof PACE_KEYS)[number], string][] => PACE_KEYS.filter((known) => known === key && (known === 'group_by' ? value !== '' : parseDurationMs(value) !== undefined)).map((known) => [known, value])));
  return name === undefined || pace.size !== pairs.length ? undefined : { name, pace };
}

async function askAll(amtool: string, block: Block, tests: readonly RouteTest[], signal: AbortSignal): Promise<readonly (readonly Route[])[]> {
  const { config, routes } = nameRoutes(block.text);
  const folder = await makeTemporaryFolder('check-routes');
  try {
    const file = join(folder, 'alertmanager.yml');
    await writeFile(file, config);
    return await Promise.all(tests.map(async ({ labels }) => (await ask(amtool, file, labels, signal)).flatMap((id) => routes.get(id) ?? [])));
  } finally {
    await removeTemporaryFolder(folder);
  }
}

async function ask(amtool: string, file: string, labels: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runTool(amtool, ['config', 'routes', 'test', `--config.file=${file}`, ...labels], { signal });
  if (code !== 0) throw new HarnessError('checker-crashed', 'amtool config routes test failed on a file that amtool accepts. Look at what it said.', { logTail: stderr });
  return stdout.trim().split(',').map((name) => name.trim());
}
