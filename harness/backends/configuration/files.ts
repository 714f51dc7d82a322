import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { parse } from 'yaml';
import type { Block } from '../../model/block.ts';

/** Where the files lie that the stack's own prometheus.yml names. */
export const STACK = 'snippets/stack';
/** Folders of it that a configuration may name files in. */
export const STACK_FOLDERS = ['rules', 'targets'] as const;
export const CONFIG_FOLDER = '/etc/prometheus';

export interface NamedFiles {
  /** Paths inside the container. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** Patterns that match nothing: Prometheus says nothing of them, and loads nothing. */
  readonly missing: readonly string[];
}
interface Discovery {
  readonly file_sd_configs?: readonly { readonly files?: readonly string[] }[];
}
interface Settings {
  readonly rule_files?: readonly string[];
  readonly scrape_config_files?: readonly string[];
  readonly scrape_configs?: readonly Discovery[];
  readonly alerting?: { readonly alertmanagers?: readonly Discovery[] };
}

/**
 * The files that a configuration names: written out on its own page, else under snippets/stack, else on any page of its edition.
 * @param block a prometheus.yml that promtool accepts
 */
export function findNamedFiles(block: Block, allBlocks: readonly Block[], root: string): NamedFiles {
  const settings = (parse(block.text) ?? {}) as Settings;
  const discoveries = [...settings.scrape_configs ?? [], ...settings.alerting?.alertmanagers ?? []].flatMap((one) => one.file_sd_configs ?? []);
  const patterns = [...new Set([...settings.rule_files ?? [], ...settings.scrape_config_files ?? [], ...discoveries.flatMap(({ files }) => files ?? [])])];
  const stack = STACK_FOLDERS.flatMap((folder) => listFolder(root, folder));
  const others = allBlocks.filter((other) => other !== block && other.title !== undefined && !other.attributes.has('rejects'));
  const files = new Map<string, string>();
  const missing: string[] = [];
  for (const pattern of patterns) {
    const path = posix.resolve(CONFIG_FOLDER, pattern);
    const matches = toRegExp(path);
    const titled = (blocks: readonly Block[]): (readonly [string, string])[] => blocks
      .map((other) => [join(dirname(path), basename(other.title as string)), other.text] as const).filter(([candidate]) => matches.test(candidate));
    const candidates = [
      titled(others.filter((other) => other.page === block.page && other.source === undefined)),
      stack.map((name) => [posix.join(CONFIG_FOLDER, name), readFileSync(join(root, STACK, name), 'utf8')] as const).filter(([candidate]) => matches.test(candidate)),
      titled(others.filter((other) => other.page === block.page || /\.rules\.ya?ml$/.test(other.title as string))),
    ];
    const found = candidates.find((some) => some.length > 0);
    if (found === undefined) missing.push(pattern);
    // The first of two with one name, in order of pages.
    for (const [name, content] of found ?? []) if (!files.has(name)) files.set(name, content.replace(/\n*$/, '\n'));
  }
  return { files: [...files].map(([path, content]) => ({ path, content })), missing };
}

function listFolder(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, STACK, folder)).sort().map((name) => `${folder}/${name}`);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}

/** As Go's filepath.Glob: `*` and `?` within one folder. */
function toRegExp(pattern: string): RegExp {
  const source = pattern.replaceAll(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '[^/]*').replaceAll('?', '[^/]');
  return new RegExp(`^${source}$`);
}
