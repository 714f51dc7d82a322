import { parse } from 'yaml';
import { parseDurationMs } from '../../rule-file/durations.ts';

/** How a route sends, after what it inherits: Alertmanager's own words. */
export interface Pace {
  readonly group_by: readonly string[];
  readonly group_wait: string;
  readonly group_interval: string;
  readonly repeat_interval: string;
}
export const PACE_KEYS = ['group_by', 'group_wait', 'group_interval', 'repeat_interval'] as const;
export interface Route {
  readonly receiver: string;
  readonly pace: Pace;
}
type Settings = Readonly<Record<string, unknown>>;

// Source: alertmanager/dispatch (DefaultRouteOpts).
const DEFAULT: Pace = { group_by: [], group_wait: '30s', group_interval: '5m', repeat_interval: '4h' };
/** What decides where an alert goes. */
const KEPT = ['time_intervals', 'mute_time_intervals'];

/**
 * The same routes with a receiver of its own for each, so that amtool's answer says which route took an alert.
 * @param config text that amtool accepts
 * @returns the file, and the routes by the name of that receiver
 */
export function nameRoutes(config: string): { readonly config: string; readonly routes: ReadonlyMap<string, Route> } {
  const settings = parse(config) as Settings;
  const routes = new Map<string, Route>();
  const name = (route: Settings, parent: Route): Settings => {
    const own: Route = { receiver: typeof route['receiver'] === 'string' ? route['receiver'] : parent.receiver, pace: inherit(route, parent.pace) };
    const id = `route${routes.size}`;
    routes.set(id, own);
    const children = Array.isArray(route['routes']) ? (route['routes'] as readonly Settings[]) : [];
    return { ...route, receiver: id, ...(children.length === 0 ? {} : { routes: children.map((child) => name(child, own)) }) };
  };
  const route = name(settings['route'] as Settings, { receiver: '', pace: DEFAULT });
  const kept = Object.fromEntries(KEPT.filter((key) => settings[key] !== undefined).map((key) => [key, settings[key]]));
  return { config: JSON.stringify({ ...kept, route, receivers: [...routes.keys()].map((id) => ({ name: id })) }), routes };
}

function inherit(route: Settings, parent: Pace): Pace {
  const text = (key: 'group_wait' | 'group_interval' | 'repeat_interval'): string => (route[key] === undefined ? parent[key] : String(route[key]));
  const by = route['group_by'];
  return { group_by: Array.isArray(by) ? by.map(String) : parent.group_by, group_wait: text('group_wait'), group_interval: text('group_interval'), repeat_interval: text('repeat_interval') };
}

/** What of a pace is other than wanted, one phrase each. @param wanted durations as written, `group_by` joined by `+` */
export function explainPace(pace: Pace, wanted: ReadonlyMap<(typeof PACE_KEYS)[number], string>): string[] {
  return [...wanted].flatMap(([key, value]) => {
    if (key === 'group_by') return sorted(value.split('+')) === sorted(pace.group_by) ? [] : [`\`group_by\` is [${pace.group_by.join(', ')}], and \`routes\` says ${value}`];
    return parseDurationMs(value) === parseDurationMs(pace[key]) ? [] : [`\`${key}\` is ${pace[key]}, and \`routes\` says ${value}`];
  });
}

function sorted(names: readonly string[]): string {
  return names.map((name) => name.trim()).sort().join();
}
