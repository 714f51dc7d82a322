import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirname } from 'node:path/posix';
import { parse, parseDocument, type Document } from 'yaml';
import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import { planServices } from '../compose-file/plan.ts';
import { judgeAgreement, type Compose } from './compose/agreement.ts';
import { judgeHealth } from './compose/health.ts';
import { judgeOrder } from './compose/order.ts';
import { keyRange, valueRange } from './compose/positions.ts';
import { validateCompose } from './compose/schema.ts';
import { readPinnedImages, type PinnedImage } from './compose/stack.ts';
import { wholeBlock } from './support/ranges.ts';
import { findYamlMistake } from './support/yaml-value.ts';

/** The file that a reader starts; relative paths of a block without a file of its own begin beside it. */
const STACK_FILE = 'snippets/stack/compose.yaml';
const rules = {
  'syntax-error': { level: 'error', summary: 'The file is not YAML.' },
  'not-compose': { level: 'error', summary: 'The Compose specification does not allow this.' },
  'obsolete-version': { level: 'error', summary: 'The file states a `version`, which Compose ignores and warns about.' },
  'wrong-image': { level: 'error', summary: 'An image has another version than the course runs on, or none.' },
  'wrong-port': { level: 'error', summary: 'A port is published otherwise than lessons use it, or twice.' },
  'undefined-name': { level: 'error', summary: 'A service, network, volume, config or secret is named that the file does not define.' },
  'missing-file': { level: 'error', summary: 'A file is mounted that does not exist.' },
  'waits-forever': { level: 'error', summary: 'A service waits for what never comes: itself, or the health of one without a health check.' },
  'no-such-program': { level: 'error', summary: 'A health check runs a program that the image does not have.' },
  'unreachable-target': { level: 'error', summary: 'A mounted configuration names a host that the file does not have.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = Omit<Finding<keyof typeof rules>, 'block'>;

/** Compose files: the specification's own schema, and agreement with the stack that the course runs on. Those whose images are all the course's are started by the backend `compose-run`. */
export const compose = defineChecker({
  name: 'compose',
  languages: ['yaml', 'yml'],
  titles: ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml', 'compose.*.yaml'],
  attributes: ['expect'],
  backend: 'compose-run',
  untried: ({ text }, images) => explainUntried(text, images),
  rules,
  async check(blocks, context) {
    const images = blocks.length === 0 ? [] : readPinnedImages(context);
    const found = await Promise.all(blocks.map(async (block) => (await checkBlock(block, context, images)).map((one) => ({ block, ...one }))));
    return found.flat();
  },
});

/** What is no Compose file has findings instead, whatever reading it comes to. */
function explainUntried(text: string, images: ReadonlyMap<string, string>): string | undefined {
  try {
    const plan = planServices(text, images);
    return plan.kind === 'untried' ? plan.reason : undefined;
  } catch {
    return undefined;
  }
}

async function checkBlock(block: Block, { root, allBlocks }: CheckContext, images: readonly PinnedImage[]): Promise<Found[]> {
  const document = parseDocument(block.text, { prettyErrors: false, merge: true });
  const mistake = findYamlMistake(block.text, document);
  if (mistake !== undefined) return [{ rule: 'syntax-error', ...mistake }];
  const value: unknown = document.toJS();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ rule: 'not-compose', range: wholeBlock(block), message: 'Found no map, expected a Compose file. Begin with `services:`.' }];
  }
  const version = judgeVersion(document);
  const violations = await validateCompose(value);
  if (violations.length > 0) return [...version, ...violations.map(({ path, atKey, message }): Found => ({ rule: 'not-compose', range: (atKey ? keyRange : valueRange)(document, path), message }))];
  const folder = dirname(block.source ?? STACK_FILE);
  const base = /^compose\..+\.yaml$/.test(block.title ?? '') ? readBase(root) : undefined;
  const surroundings = { root, folder, images, base, beside: readTitled(block, allBlocks) };
  return [...version, ...[...judgeAgreement(value, surroundings), ...judgeOrder(value, surroundings), ...judgeHealth(value, surroundings)].map(({ rule, path, message }): Found => ({ rule, range: valueRange(document, path), message }))];
}

/** Files that stand on the same page, by title: a reader saves them beside this one. */
function readTitled(block: Block, allBlocks: readonly Block[]): ReadonlyMap<string, string> {
  return new Map(allBlocks.flatMap((other) => (other.page === block.page && other !== block && other.title !== undefined && !other.attributes.has('rejects') ? [[other.title, other.text] as const] : [])));
}

function judgeVersion(document: Document): Found[] {
  if (!document.has('version')) return [];
  return [{ rule: 'obsolete-version', range: keyRange(document, ['version']), message: 'Found `version`, expected none: Compose ignores it and prints a warning each time. Remove the line.' }];
}

/** What `compose.*.yaml` is laid over. */
function readBase(root: string): Compose | undefined {
  const file = join(root, STACK_FILE);
  return existsSync(file) ? (parse(readFileSync(file, 'utf8')) as Compose) : undefined;
}
