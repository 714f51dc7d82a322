import type { ErrorObject } from 'ajv';
import { hintAt } from './suggest.ts';

export interface SchemaMistake {
  readonly path: readonly (string | number)[];
  /** True when the key at the end of the path is wrong, not its value. */
  readonly atKey: boolean;
  readonly message: string;
}
/** How a mistake is told: in the words of the file's format. */
export interface SchemaWords {
  /** What the outermost object is: `a dashboard`. */
  readonly whole: string;
  readonly kinds: Readonly<Record<string, string>>;
  /** What becomes of a key that is unknown, after a colon. */
  readonly unknown: string;
}
export const JSON_KINDS: SchemaWords['kinds'] = { object: 'an object', array: 'a list', string: 'a text in quotes', number: 'a number', integer: 'a whole number', boolean: 'true or false', null: 'null' };
export const YAML_KINDS: SchemaWords['kinds'] = { object: 'a map (`key: value`)', array: 'a list (lines with `- `)', string: 'a text', number: 'a number', integer: 'a whole number', boolean: 'true or false', null: 'nothing' };

/** Errors of ajv (`allErrors`, `verbose`) as a person is told of them: one a place, and of a value that fits none of several forms only that. */
export function explainSchemaErrors(errors: readonly ErrorObject[], words: SchemaWords): SchemaMistake[] {
  // Of several things that a value may be, none fits: which was meant, nobody knows.
  const forked = errors.filter(({ keyword }) => keyword === 'anyOf');
  const own = errors.filter((error) => !forked.some((fork) => fork !== error && `${error.instancePath}/`.startsWith(`${fork.instancePath}/`)));
  const places = Map.groupBy(own, (error) => `${error.instancePath}${unknownKey(error) === undefined ? '' : `/${String(unknownKey(error)).replaceAll('~', '~0').replaceAll('/', '~1')}`}`);
  return [...places].map(([place, found]) => explain(toPath(place), found, words));
}

function unknownKey({ params }: ErrorObject): string | undefined {
  return (params as { readonly additionalProperty?: string }).additionalProperty;
}

function toPath(place: string): (string | number)[] {
  return place.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function explain(path: SchemaMistake['path'], errors: readonly ErrorObject[], { whole, kinds, unknown }: SchemaWords): SchemaMistake {
  const [first] = errors;
  const name = path.findLast((part) => typeof part === 'string');
  const here = name === undefined ? whole : `\`${name}\``;
  if (first !== undefined && unknownKey(first) !== undefined) {
    const known = Object.keys((first.parentSchema as { readonly properties?: object } | undefined)?.properties ?? {});
    const owner = path.slice(0, -1).findLast((part) => typeof part === 'string');
    const hint = hintAt(String(path.at(-1)), known);
    return { path, atKey: true, message: `Found the key \`${path.at(-1)}\`, which ${owner === undefined ? whole : `\`${owner}\``} cannot have: ${unknown}.${hint.startsWith(' Did') ? hint : ' Remove it, or put it where it belongs.'}` };
  }
  const missing = errors.flatMap(({ params }) => (params as { readonly missingProperty?: string }).missingProperty ?? []);
  if (missing.length > 0) return { path, atKey: path.length > 0, message: `Found ${typeof path.at(-1) === 'number' ? `an entry of ${here}` : here} without ${missing.map((key) => `\`${key}\``).join(' and ')}, expected ${missing.length === 1 ? 'it' : 'them'}. Add ${missing.length === 1 ? 'it' : 'them'}.` };
  const allowed = errors.flatMap(({ params }) => { const { allowedValues, allowedValue } = params as { readonly allowedValues?: unknown[]; readonly allowedValue?: unknown }; return allowedValues ?? (allowedValue === undefined ? [] : [allowedValue]); });
  const found = `Found ${kindOf(first?.data, kinds)} in ${here}`;
  if (allowed.length > 0) {
    const hint = hintAt(String(first?.data), allowed.map(String));
    return { path, atKey: false, message: `${found}, expected one of ${[...new Set(allowed)].map((one) => `\`${String(one)}\``).join(', ')}.${hint.startsWith(' Did') ? hint : ' Write one of them.'}` };
  }
  const wanted = [...new Set(errors.flatMap(({ keyword, params }) => (keyword === 'type' ? (params as { readonly type: string | string[] }).type : [])))];
  if (wanted.length === 0) return { path, atKey: false, message: `${found}, which fits none of the forms that it may have. Compare it with one that Grafana exports.` };
  return { path, atKey: false, message: `${found}, expected ${wanted.map((type) => kinds[type] ?? type).join(' or ')}. Write it so.` };
}

function kindOf(data: unknown, kinds: SchemaWords['kinds']): string {
  if (data === null || data === undefined) return kinds['null'] ?? 'nothing';
  if (Array.isArray(data)) return 'a list';
  // In quotes where that is what is wrong with it.
  if (typeof data === 'string' && /^(?:-?\d+(?:\.\d+)?|true|false|null)$/.test(data)) return `\`"${data}"\``;
  return typeof data === 'object' ? kinds['object']?.replace(/ \(.*/, '') ?? 'an object' : `\`${String(data)}\``;
}
