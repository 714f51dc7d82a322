import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The file of an incident, relative to the root. */
export function incidentFile(incident: string): string {
  return `snippets/incidents/${incident}.yaml`;
}

/**
 * What a variant of an incident may change: name → value in the incident itself, as written there.
 * Empty where the file declares none, or cannot be read: planning says so at the dataset.
 */
export function readParameters(root: string, incident: string): ReadonlyMap<string, string> {
  const file = join(root, incidentFile(incident));
  if (!existsSync(file)) return new Map();
  try {
    const content = parse(readFileSync(file, 'utf8')) as { parameters?: Readonly<Record<string, string>> } | null;
    return new Map(Object.entries(content?.parameters ?? {}).map(([name, path]) => [name, String(valueAt(content, path))]));
  } catch {
    return new Map();
  }
}

/** @param path dotted, with list indices: `faults.0.value` */
function valueAt(content: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined), content);
}
