import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { basename, dirname } from 'node:path/posix';
import { parseDocument } from 'yaml';
import type { CheckContext } from '../../model/checker.ts';
import { splitReference } from '../../compose-file/entries.ts';
import { suggest } from '../support/suggest.ts';

/** A backend of the course as its `image.json` pins it. */
export interface PinnedImage {
  /** Folder under `harness/images/`. */
  readonly name: string;
  /** `prom/prometheus`. */
  readonly repository: string;
  readonly tag: string;
  /** Ports that the course calls it by; the first is what a browser opens. */
  readonly ports: readonly number[];
}

/** As lessons write them. */
const PORTS: Readonly<Record<string, readonly number[]>> = { prometheus: [9090], alertmanager: [9093], loki: [3100], jaeger: [16686, 4317, 4318] };

/** Images that every block has to name with the tag that the course runs on. */
export function readPinnedImages({ images }: Pick<CheckContext, 'images'>): PinnedImage[] {
  return [...images ?? []].filter(([name]) => PORTS[name] !== undefined).map(([name, reference]) => {
    const [repository = '', tag = ''] = splitReference(reference);
    return { name, repository, tag, ports: PORTS[name] ?? [] };
  });
}

/** A file beside a missing one that has nearly its name, as the mount would write it; undefined where none has. */
export function suggestFile(root: string, folder: string, source: string): string | undefined {
  const path = dirname(posix.join(folder, source));
  if (!existsSync(join(root, path))) return undefined;
  const near = suggest(basename(source), readdirSync(join(root, path)));
  return near === undefined ? undefined : `${dirname(source)}/${near}`;
}

export function exists(root: string, path: string): boolean {
  return existsSync(join(root, path));
}

/** @returns the text of a file of the repository, undefined where there is none */
export function readStored(root: string, path: string): string | undefined {
  return exists(root, path) ? readFileSync(join(root, path), 'utf8') : undefined;
}

/** `host:port` of everything that a mounted `prometheus.yml` scrapes or notifies, or a mounted `alertmanager.yml` calls. */
export function readTargets(path: string, read: () => string | undefined): string[] {
  const text = /\/(?:prometheus|alertmanager)\.ya?ml$/.test(path) ? read() : undefined;
  if (text === undefined) return [];
  const found: string[] = [];
  const walk = (value: unknown, key: string): void => {
    if (Array.isArray(value)) value.forEach((one) => walk(one, key));
    else if (typeof value === 'object' && value !== null) for (const [name, one] of Object.entries(value)) walk(one, name);
    else if (key === 'targets') found.push(String(value));
    else if (key === 'url') found.push(/^https?:\/\/([^/]+)/.exec(String(value))?.[1] ?? '');
  };
  const document = parseDocument(text, { prettyErrors: false });
  // What is not YAML has findings of its own, where it stands.
  if (document.errors.length === 0) walk(document.toJS(), '');
  return [...new Set(found)].filter((target) => target !== '');
}
