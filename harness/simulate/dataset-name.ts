import type { DatasetName } from '../model/dataset.ts';

const INCIDENT = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const PARAMETER = /^[a-z][a-z0-9_]*(?:\.[a-z0-9_-]+)*$/;

/**
 * Reads a dataset's name as authors write it: `checkout-lag`, or `checkout-lag(discount.latency=1.5s, other=3)` for a
 * variant. Whether the incident and its parameters exist is for `simulate` to say.
 */
export function parseDatasetName(text: string): DatasetName | { readonly error: string } {
  const compact = text.replace(/\s+/g, '');
  const open = compact.indexOf('(');
  const incident = open === -1 ? compact : compact.slice(0, open);
  if (!INCIDENT.test(incident)) {
    return { error: `"${text}" does not begin with an incident's name; expected lower-case words joined by "-", e.g. "checkout-lag"` };
  }
  if (open === -1) return { incident, overrides: [] };
  if (!compact.endsWith(')')) return { error: `"${text}" opens "(" and does not end with ")"; write e.g. "${incident}(discount.latency=1.5s)"` };
  return readOverrides(text, incident, compact.slice(open + 1, -1));
}

/** The name that a dataset carries: as written, spaces removed. */
export function printDatasetName(name: DatasetName): string {
  if (name.overrides.length === 0) return name.incident;
  return `${name.incident}(${name.overrides.map(([path, value]) => `${path}=${value}`).join(',')})`;
}

function readOverrides(text: string, incident: string, inside: string): DatasetName | { readonly error: string } {
  const overrides: [string, string][] = [];
  for (const part of inside.split(',')) {
    const equals = part.indexOf('=');
    const path = part.slice(0, Math.max(equals, 0));
    const value = part.slice(equals + 1);
    if (!PARAMETER.test(path) || value === '' || /[()=]/.test(value)) {
      return { error: `"${text}" has the override "${part}"; expected "parameter=value", e.g. "${incident}(discount.latency=1.5s)"` };
    }
    if (overrides.some(([earlier]) => earlier === path)) return { error: `"${text}" sets "${path}" twice; keep one of them` };
    overrides.push([path, value]);
  }
  return { incident, overrides };
}
