import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { coursePath } from '../course-path.ts';
import type { Door } from '../../images/sandbox/runner/shell/protocol.ts';
import type { RunRequest } from '../../model/backend.ts';
import type { Block } from '../../model/block.ts';
import type { Dataset } from '../../model/dataset.ts';
import { stackPorts, type StackService } from '../../model/stack.ts';

/** What a reader has in the folder where the commands are typed. */
const STACK = 'snippets/stack';
const RUNNER = 'harness/images/sandbox/runner/shell';

/** Blocks that share a world: those of one dataset, or those that ask nobody. */
export interface Group {
  readonly dataset: Dataset | undefined;
  readonly requests: readonly RunRequest[];
  readonly doors: readonly Door[];
}

/** By their port; logcli has Loki's as its default. */
const SIGNS: Readonly<Record<StackService, RegExp>> = {
  prometheus: signOf(stackPorts.prometheus),
  loki: new RegExp(`${signOf(stackPorts.loki).source}|\\blogcli\\b`),
  jaeger: signOf(stackPorts.jaeger),
  alertmanager: signOf(stackPorts.alertmanager),
};

function signOf(port: number): RegExp {
  return new RegExp(`(?<!\\d)${port}(?!\\d)`);
}

/** Services that a block, or what it continues, asks. */
export function servicesOf({ text, continuedText = '' }: Block): StackService[] {
  return (Object.keys(SIGNS) as StackService[]).filter((service) => SIGNS[service].test(`${continuedText}\n${text}`));
}

/** Groups in order of their first block, so that a run starts them in the same order each time. */
export function groupRequests(requests: readonly RunRequest[]): Group[] {
  const asks = (request: RunRequest): boolean => servicesOf(request.block).length > 0;
  return [...Map.groupBy(requests, (request) => (asks(request) ? request.dataset : undefined))].map(([dataset, own]) => ({
    dataset,
    requests: own,
    doors: [...new Set(own.flatMap(({ block }) => (dataset === undefined ? [] : servicesOf(block))))].sort().map((service) => ({ service, port: stackPorts[service] })),
  }));
}

/** The files of the stack as they lie beside a reader, in order of their paths. */
export function readStack(root: string): { readonly path: string; readonly text: string }[] {
  return listFiles(join(root, STACK)).map((path) => ({ path: relative(join(root, STACK), path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }));
}

/** Repository-relative paths of what decides, beside a block's own text, what it prints. */
export function listConfigFiles(root: string): string[] {
  return [RUNNER, STACK].flatMap((folder) => listFiles(coursePath(root, folder)).map((path) => `${folder}/${relative(coursePath(root, folder), path).replaceAll('\\', '/')}`));
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
}
