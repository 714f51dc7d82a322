import { isMap, type Document } from 'yaml';
import type { Block } from '../../model/block.ts';

export type Fields = Readonly<Record<string, unknown>>;
/** One document of a file, with what Kubernetes tells manifests apart by. */
export interface Manifest {
  readonly block: Block;
  readonly document: Document;
  readonly value: Fields;
  readonly apiVersion: string;
  readonly kind: string;
}
/** Labels and containers of the pods that a manifest makes. */
export interface PodTemplate {
  readonly manifest: Manifest;
  readonly path: readonly (string | number)[];
  readonly labels: Fields;
  readonly containers: readonly Fields[];
}

const STAND_IN = /<[^>]+>|\$\{|\$\(|\{\{|\.\.\.|…|^[A-Z]+(?:_[A-Z]+)+$/;

/** True for a placeholder: its reader puts something else there. */
export function isStandIn(value: unknown): boolean {
  return typeof value === 'string' && STAND_IN.test(value);
}

/** True where a file says that something is left out of it. */
export function isElided(text: string): boolean {
  return /\.\.\.|…|\[(?:snip|truncated)\]/i.test(text);
}

export const asFields = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Fields : {});
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The manifest that a document is; undefined for an empty one, and for what has no kind. */
export function readManifest(block: Block, document: Document): Manifest | undefined {
  if (!isMap(document.contents)) return undefined;
  const value = asFields(document.toJS());
  const { apiVersion, kind } = value;
  return typeof apiVersion === 'string' && typeof kind === 'string' ? { block, document, value, apiVersion, kind } : undefined;
}

const TEMPLATE_PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: [], CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  ...Object.fromEntries(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job'].map((kind) => [kind, ['spec', 'template']])),
};

/** The template of a workload; undefined for other kinds, and where it has none. */
export function readTemplate(manifest: Manifest): PodTemplate | undefined {
  const path = TEMPLATE_PATHS[manifest.kind];
  if (path === undefined) return undefined;
  const template = path.reduce<Fields>((value, key) => asFields(value[key]), manifest.value);
  const labels = asFields(asFields(template['metadata'])['labels']);
  const spec = asFields(template['spec']);
  return { manifest, path: [...path, 'spec'], labels, containers: asList(spec['containers']).map(asFields) };
}

/** True when every label that a selector asks for is there, with that value. */
export function selects(selector: Fields, labels: Fields): boolean {
  const asked = Object.entries(selector);
  return asked.length > 0 && asked.every(([key, value]) => labels[key] === value);
}
