import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { parseDocument } from 'yaml';
import type { Block } from '../../model/block.ts';
import { repositoryPath } from '../../compose-file/entries.ts';
import { configPath, knownImages } from '../../compose-file/known-images.ts';
import type { PlannedService } from '../../compose-file/plan.ts';
import { STACK } from '../configuration/files.ts';
import { defaults } from './defaults.ts';

export interface FileIn {
  readonly path: string;
  readonly content: string | Uint8Array;
}
/** What a Compose file's relative paths lead to. */
export interface Beside {
  readonly block: Block;
  readonly allBlocks: readonly Block[];
  readonly root: string;
}

/** Seconds between scrapes: a target is seen at the second. */
const HURRIED = '2s';

/**
 * What a service finds in its container: files of the page under the names of their titles, else those beside the Compose file,
 * and the image's own configuration where nothing lies over it. Prometheus' intervals are shortened.
 */
export function filesOf(service: PlannedService, beside: Beside): FileIn[] {
  const mounted = [...service.contents, ...service.mounts.flatMap(({ source, target }) => readMount(source, target, beside))];
  const known = knownImages[service.image];
  const config = known === undefined ? '' : configPath(known, service.command);
  const own = defaults[service.image];
  const all: FileIn[] = own === undefined || known?.config.path !== config || mounted.some(({ path }) => path === config) ? mounted : [...mounted, { path: config, content: own }];
  return service.image === 'prometheus' ? all.map((file) => (file.path === config ? { ...file, content: hurry(Buffer.from(file.content).toString()) } : file)) : all;
}

function readMount(source: string, target: string, { block, allBlocks, root }: Beside): FileIn[] {
  const name = posix.normalize(source);
  const shown = allBlocks.filter((other) => other.page === block.page && other !== block && other.title !== undefined && !['rejects', 'ignore'].some((attribute) => other.attributes.has(attribute)));
  const titled = shown.findLast(({ title, ordinal }) => isTitled(title, name) && ordinal < block.ordinal) ?? shown.find(({ title }) => isTitled(title, name));
  if (titled !== undefined) return [{ path: target, content: `${titled.text}\n` }];
  const inside = shown.filter(({ title }) => posix.normalize(title ?? '').startsWith(`${name}/`)).map(({ title, text }) => ({ path: posix.join(target, posix.relative(name, posix.normalize(title ?? ''))), content: `${text}\n` }));
  const path = repositoryPath(posix.dirname(block.source ?? `${STACK}/compose.yaml`), source);
  const stored = path === undefined || !existsSync(join(root, path)) ? [] : readPath(join(root, path), target);
  return [...stored.filter((file) => !inside.some((one) => one.path === file.path)), ...inside];
}

function isTitled(title: string | undefined, name: string): boolean {
  return title !== undefined && (posix.normalize(title) === name || title === basename(name));
}

function readPath(path: string, target: string): FileIn[] {
  if (statSync(path).isFile()) return [{ path: target, content: readFileSync(path) }];
  return readdirSync(path).sort().flatMap((name) => readPath(join(path, name), posix.join(target, name)));
}

/** As it is written, with seconds between scrapes. What is not YAML stays as it is: Prometheus says what it thinks of it. */
function hurry(text: string): string {
  const document = parseDocument(text, { prettyErrors: false });
  if (document.errors.length > 0) return text;
  const { scrape_configs: jobs } = (document.toJS() ?? {}) as { readonly scrape_configs?: readonly unknown[] };
  if (!Array.isArray(jobs)) return text;
  document.setIn(['global', 'scrape_interval'], HURRIED);
  document.deleteIn(['global', 'scrape_timeout']);
  jobs.forEach((_, index) => {
    for (const key of ['scrape_interval', 'scrape_timeout']) document.deleteIn(['scrape_configs', index, key]);
  });
  return document.toString();
}
