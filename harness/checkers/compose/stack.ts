import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { basename, dirname } from 'node:path/posix';
import { parse } from 'yaml';
import { suggest } from '../support/suggest.ts';

/** A backend of the course as its `image.json` pins it. */
export interface PinnedImage {
  /** `prom/prometheus`. */
  readonly repository: string;
  readonly tag: string;
  /** Ports that the course calls it by; the first is what a browser opens. */
  readonly ports: readonly number[];
}

/** As lessons write them. */
const PORTS: Readonly<Record<string, readonly number[]>> = { prometheus: [9090], alertmanager: [9093], loki: [3100], jaeger: [16686, 4317, 4318] };

/** Images that every block has to name with the tag that the course runs on. */
export function readPinnedImages(root: string): PinnedImage[] {
  return readdirSync(join(root, 'harness/images')).filter((name) => PORTS[name] !== undefined).map((name) => {
    const { reference } = JSON.parse(readFileSync(join(root, 'harness/images', name, 'image.json'), 'utf8')) as { reference: string };
    const [repository = '', tag = ''] = splitReference(reference);
    return { repository, tag, ports: PORTS[name] ?? [] };
  });
}

/** `prom/prometheus:v3.14.0` → repository and tag; registries that are only another way to the same image are left out. */
export function splitReference(reference: string): readonly [repository: string, tag: string | undefined] {
  const bare = reference.replace(/@sha256:.*$/, '').replace(/^(?:docker\.io|quay\.io)\//, '').replace(/^prometheus\//, 'prom/');
  const [, repository = bare, tag] = /^(.*?)(?::([^:/]+))?$/.exec(bare) ?? [];
  return [repository, tag];
}

export interface Port {
  readonly published: number | undefined;
  readonly target: number | undefined;
}

/** `127.0.0.1:9090:9090/tcp`, `9090:9090`, `9090`, or the long form. Ranges are left alone. */
export function readPort(value: unknown): Port {
  if (typeof value === 'object' && value !== null) {
    const { published, target } = value as { published?: unknown; target?: unknown };
    return { published: toNumber(published), target: toNumber(target) };
  }
  const parts = String(value).replace(/\/(?:tcp|udp)$/, '').split(':');
  return { published: parts.length > 1 ? toNumber(parts.at(-2)) : undefined, target: toNumber(parts.at(-1)) };
}

function toNumber(value: unknown): number | undefined {
  return /^\d+$/.test(String(value)) ? Number(value) : undefined;
}

/** Source and target of a volume in either form; undefined for an anonymous one. */
export function readVolume(value: unknown): { readonly source: string; readonly target: string } | undefined {
  if (typeof value === 'object' && value !== null) {
    const { source, target, type } = value as { source?: unknown; target?: unknown; type?: unknown };
    return typeof source === 'string' && type !== 'tmpfs' ? { source, target: String(target) } : undefined;
  }
  const [source = '', target] = String(value).split(':');
  return target === undefined ? undefined : { source, target };
}

/** True for a path on the reader's machine, false for the name of a volume. */
export function isPath(source: string): boolean {
  return /^[./~]/.test(source) || source.includes('$');
}

/** The file in the repository that a mount shows; undefined for what lies elsewhere, as `/var/run`. */
export function repositoryPath(folder: string, source: string): string | undefined {
  if (!source.startsWith('.') || source.includes('$')) return undefined;
  const path = posix.normalize(posix.join(folder, source)).replace(/\/$/, '');
  return path.startsWith('..') ? undefined : path;
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

/** `host:port` of everything that a mounted `prometheus.yml` scrapes or notifies, or a mounted `alertmanager.yml` calls. */
export function readTargets(root: string, path: string): string[] {
  if (!/\/(?:prometheus|alertmanager)\.ya?ml$/.test(path) || !exists(root, path)) return [];
  const found: string[] = [];
  const walk = (value: unknown, key: string): void => {
    if (Array.isArray(value)) value.forEach((one) => walk(one, key));
    else if (typeof value === 'object' && value !== null) for (const [name, one] of Object.entries(value)) walk(one, name);
    else if (key === 'targets') found.push(String(value));
    else if (key === 'url') found.push(/^https?:\/\/([^/]+)/.exec(String(value))?.[1] ?? '');
  };
  walk(parse(readFileSync(join(root, path), 'utf8')), '');
  return [...new Set(found)].filter((target) => target !== '');
}
