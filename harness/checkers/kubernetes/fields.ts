import type { ErrorObject } from 'ajv';
import type { TextRange } from '../../model/place.ts';
import { keyRange, valueRange, type Path } from '../compose/positions.ts';
import { hintAt } from '../support/suggest.ts';
import { asFields, isElided, isStandIn, type Manifest } from './manifest.ts';
import { findUnknownKeys, kindsOf, validate, versionsWith } from './models.ts';
import { findRemoved } from './removed.ts';

/** What the API server says no to. */
export interface Refused {
  readonly rule: 'invalid-field' | 'removed-api';
  readonly range: TextRange;
  readonly message: string;
}

/** Holds a manifest against the schema of its kind. Other APIs than the cluster's own are not judged. @param isWhole false: it may be a patch, or a part */
export async function judgeFields(manifest: Manifest, isWhole: boolean): Promise<Refused[]> {
  const { document, apiVersion, kind, value, block } = manifest;
  const removed = findRemoved(apiVersion, kind);
  const at = valueRange(document, ['apiVersion']);
  if (removed !== undefined) {
    const { since, successor } = removed;
    const [instead, advice] = successor === undefined ? ['nothing', ' without a successor of that name. Remove the manifest.'] : [`\`${successor}\``, ' it. Write that, and read what else changed.'];
    return [{ rule: 'removed-api', range: at, message: `Found \`${apiVersion}\` for ${kind}, expected ${instead}: Kubernetes ${since} removed${successor === undefined ? ' it' : ''}${advice}` }];
  }
  const errors = await validate(apiVersion, kind, value);
  if (errors === undefined) return judgeKind(manifest);
  const asksAll = isWhole && !isElided(block.text);
  const places = Map.groupBy(errors.filter(({ keyword }) => asksAll || keyword !== 'required'), ({ instancePath }) => instancePath);
  const wrong = [...places].flatMap(([place, found]) => explain(manifest, toPath(place), found));
  const unknown = findUnknownKeys(apiVersion, kind, value).filter(({ path }) => !isStandIn(path.at(-1))).map(({ path, known }): Refused => ({
    rule: 'invalid-field',
    range: keyRange(document, path),
    message: `Found the key \`${path.at(-1)}\`, which ${ownerOf(path)} cannot have.${hintAt(String(path.at(-1)), known)}`,
  }));
  return [...wrong, ...unknown];
}

/** A kind that is nearly one of its API, or one of another. */
function judgeKind({ document, apiVersion, kind }: Manifest): Refused[] {
  const kinds = kindsOf(apiVersion);
  // Somebody's own API, such as an operator's.
  if (kinds.length === 0) return [];
  const elsewhere = versionsWith(kind);
  if (elsewhere[0] !== undefined) {
    return [{ rule: 'invalid-field', range: valueRange(document, ['apiVersion']), message: `Found \`${apiVersion}\` for ${kind}, expected \`${elsewhere[0]}\`. Write that.` }];
  }
  const hint = hintAt(kind, kinds);
  if (!hint.startsWith(' Did')) return [];
  return [{ rule: 'invalid-field', range: valueRange(document, ['kind']), message: `Found the kind \`${kind}\`, which \`${apiVersion}\` does not have.${hint}` }];
}

function toPath(place: string): Path {
  return place.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function ownerOf(path: Path): string {
  const owner = path.slice(0, -1).findLast((part) => typeof part === 'string');
  return owner === undefined ? 'the manifest' : `\`${owner}\``;
}

const TYPES: Readonly<Record<string, string>> = { integer: 'a whole number', number: 'a number', string: 'a text', boolean: '`true` or `false`', array: 'a list (lines with `- `)', object: 'a map (`key: value`)' };
const FORMATS: Readonly<Record<string, string>> = { quantity: 'a quantity such as `128Mi` or `0.5`, without a space', byte: 'Base64', 'date-time': 'a time such as `2026-03-11T14:00:00Z`', int32: 'a whole number of at most 2147483647' };

function explain({ document, value }: Manifest, path: Path, errors: readonly ErrorObject[]): Refused[] {
  const found = path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[key] : undefined), value);
  if (isStandIn(found) || isWrapped(found, errors)) return [];
  const say = (range: TextRange, message: string): Refused => ({ rule: 'invalid-field', range, message });
  const missing = errors.flatMap(({ params }) => (params as { readonly missingProperty?: string }).missingProperty ?? []);
  if (missing.length > 0) {
    const owner = typeof path.at(-1) === 'number' ? `an entry of ${ownerOf(path)}` : path.length === 0 ? 'a manifest' : `\`${path.at(-1)}\``;
    const [first] = Object.keys(asFields(found));
    const range = typeof path.at(-1) === 'number' && first !== undefined ? keyRange(document, [...path, first]) : keyRange(document, path.length === 0 ? ['kind'] : path);
    return [say(range, `Found ${owner} without ${missing.map((key) => `\`${key}\``).join(' and ')}, expected ${missing.length === 1 ? 'it' : 'them'}: the API server refuses the manifest. Add ${missing.length === 1 ? 'it' : 'them'}.`)];
  }
  const subject = `Found ${shown(found)} in ${typeof path.at(-1) === 'number' ? ownerOf(path) : `\`${path.at(-1)}\``}`;
  const range = valueRange(document, path);
  const { allowedValues } = (errors.find(({ keyword }) => keyword === 'enum')?.params ?? {}) as { readonly allowedValues?: readonly string[] };
  if (allowedValues !== undefined) {
    const hint = hintAt(String(found), allowedValues);
    return [say(range, `${subject}, expected one of ${allowedValues.join(', ')}.${hint.startsWith(' Did') ? hint : ' Write one of them.'}`)];
  }
  const format = errors.map(({ params }) => FORMATS[(params as { readonly format?: string }).format ?? '']).find((words) => words !== undefined);
  if (format !== undefined && (typeof found === 'string' || typeof found === 'number')) return [say(range, `${subject}, expected ${format}. Write it so.`)];
  const wanted = [...new Set(errors.flatMap(({ keyword, params }) => (keyword === 'type' ? [String((params as { readonly type?: string }).type)] : [])))];
  if (wanted.length === 0) return [];
  return [say(range, `${subject}, expected ${wanted.map((type) => TYPES[type] ?? type).join(' or ')}. ${adviseType(wanted, found)}`)];
}

/** Base64 over several lines, as `base64` prints it: the cluster skips the ends of lines. */
function isWrapped(value: unknown, errors: readonly ErrorObject[]): boolean {
  const isByte = errors.every(({ keyword, params }) => keyword === 'format' && (params as { readonly format?: string }).format === 'byte');
  return isByte && typeof value === 'string' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value.replaceAll(/[\r\n]/g, ''));
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  const text = String(value);
  return `\`${text.length > 80 ? `${text.slice(0, 80)}…` : text}\``;
}

function adviseType(wanted: readonly string[], found: unknown): string {
  if (wanted.includes('string') && (typeof found === 'number' || typeof found === 'boolean')) return 'Put it in quotes.';
  const isPlain = typeof found === 'string' && (/^-?\d+$/.test(found) ? wanted.some((type) => type === 'integer' || type === 'number') : /^(?:true|false)$/.test(found) && wanted.includes('boolean'));
  return isPlain ? 'Write it without quotes.' : 'Write it so.';
}
