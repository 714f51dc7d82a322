import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ErrorObject } from 'ajv';

/** What the package says about one map: its keys, and where the types of those that are maps stand. */
interface MapType {
  readonly keys: ReadonlyMap<string, string | undefined>;
}
const SEGMENT = /^[a-z0-9.]+(?:\/v\d\w*)?$/;
const types = new Map<string, MapType | undefined>();

function folderOf(name: string): string {
  return dirname(fileURLToPath(import.meta.resolve(name)));
}
const files = new Map<string, string | undefined>();

/** Files of the package come as a pair: `.js` validates, `.d.ts` lists the keys. */
function fileOf(apiVersion: string, kind: string): string | undefined {
  const id = `${apiVersion} ${kind}`;
  if (!files.has(id)) files.set(id, findFile(apiVersion, kind));
  return files.get(id);
}

function findFile(apiVersion: string, kind: string): string | undefined {
  if (!SEGMENT.test(apiVersion) || !/^[A-Z][A-Za-z]+$/.test(kind)) return undefined;
  const file = join(folderOf('kubernetes-models'), apiVersion, `${kind}.d.ts`);
  return existsSync(file) && readFileSync(file, 'utf8').includes(`"kind": "${kind}"`) ? file : undefined;
}

/** Kinds that a version of the cluster's own API has; empty for any other API. */
export function kindsOf(apiVersion: string): string[] {
  const folder = join(folderOf('kubernetes-models'), apiVersion);
  if (!SEGMENT.test(apiVersion) || !existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith('.d.ts')).map((name) => name.slice(0, -'.d.ts'.length)).filter((kind) => fileOf(apiVersion, kind) !== undefined);
}

/** Versions of the API that have a kind, the stable ones first. */
export function versionsWith(kind: string): string[] {
  const folder = folderOf('kubernetes-models');
  const groups = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('_')).map(({ name }) => name);
  const versions = groups.flatMap((group) => (group === 'v1' ? ['v1'] : readdirSync(join(folder, group)).filter((name) => /^v\d\w*$/.test(name)).map((version) => `${group}/${version}`)));
  return versions.filter((version) => fileOf(version, kind) !== undefined).sort((left, right) => Number(/alpha|beta/.test(left)) - Number(/alpha|beta/.test(right)) || left.localeCompare(right, 'en'));
}

/** Errors of the JSON schema of a kind; undefined when the package has no such kind. */
export async function validate(apiVersion: string, kind: string, value: object): Promise<readonly ErrorObject[] | undefined> {
  const file = fileOf(apiVersion, kind);
  if (file === undefined) return undefined;
  const schema = /_schemas\/(\w+)\.js/.exec(readFileSync(file.replace(/\.d\.ts$/, '.js'), 'utf8'))?.[1];
  const { validate: run } = await import(`kubernetes-models/_schemas/${schema}`) as { readonly validate: { (value: object): boolean; readonly errors?: readonly ErrorObject[] | null } };
  return run(value) ? [] : run.errors ?? [];
}

/** A key that its map cannot have; known ones beside it, for "did you mean". */
export interface UnknownKey {
  readonly path: readonly (string | number)[];
  readonly known: readonly string[];
}

/** Keys that the API server would drop or refuse. The schemas leave every map open: the keys stand in the package's declarations. */
export function findUnknownKeys(apiVersion: string, kind: string, value: object): UnknownKey[] {
  const file = fileOf(apiVersion, kind);
  return file === undefined ? [] : walk(value, file, []);
}

function walk(value: unknown, file: string, path: readonly (string | number)[]): UnknownKey[] {
  if (Array.isArray(value)) return value.flatMap((entry, index) => walk(entry, file, [...path, index]));
  const type = typeof value === 'object' && value !== null ? readType(file) : undefined;
  if (type === undefined) return [];
  return Object.entries(value as object).flatMap(([key, inner]): UnknownKey[] => {
    if (!type.keys.has(key)) return [{ path: [...path, key], known: [...type.keys.keys()] }];
    const next = type.keys.get(key);
    return next === undefined ? [] : walk(inner, next, [...path, key]);
  });
}

function readType(file: string): MapType | undefined {
  if (!types.has(file)) types.set(file, existsSync(file) ? parseType(readFileSync(file, 'utf8'), file) : undefined);
  return types.get(file);
}

/** Undefined for what is no map of fixed keys: quantities, dates, JSON of any form. */
function parseType(source: string, file: string): MapType | undefined {
  const body = /^export interface I\w+(?: extends [\w, ]+)? \{\n([^]*?)^\}/m.exec(source)?.[1];
  if (body === undefined) return undefined;
  const imports = new Map([...source.matchAll(/^import \{ (I\w+) \} from "([^"]+)";/gm)].map(([, name = '', from = '']) => [name, resolve(from, file)]));
  const keys = [...body.matchAll(/^ {4}"([^"]+)"\??: (?:Array<)?(\w+)?/gm)].map(([, key = '', type = '']) => [key, imports.get(type)] as const);
  return keys.length === 0 ? undefined : { keys: new Map(keys) };
}

function resolve(from: string, file: string): string {
  if (from.startsWith('.')) return join(dirname(file), from.replace(/\.js$/, '.d.ts'));
  const name = '@kubernetes-models/apimachinery';
  return join(folderOf(name), `${from.slice(name.length + 1)}.d.ts`);
}
