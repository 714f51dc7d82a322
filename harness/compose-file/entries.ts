import { posix } from 'node:path';

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
