import type { ErrorObject, ValidateFunction } from 'ajv';
import { hintAt } from '../support/suggest.ts';
import schema from './compose-spec.json' with { type: 'json' };
import type { Path } from './positions.ts';

/** Something that the Compose specification does not allow. */
export interface Violation {
  readonly path: Path;
  /** True when the key at the end of the path is wrong, not its value. */
  readonly atKey: boolean;
  readonly message: string;
}

let compiled: Promise<ValidateFunction> | undefined;
/** Compiled once, however many files are checked at a time, and only when there is one: most pages have none. */
function compileSchema(): Promise<ValidateFunction> {
  compiled ??= import('ajv/dist/2020.js').then(({ Ajv2020 }) => new Ajv2020({ allErrors: true, strict: false, verbose: true, logger: false }).compile(schema));
  return compiled;
}

/** Holds a file against the JSON Schema of the Compose specification: the deepest mistakes only, one a place. */
export async function validateCompose(value: unknown): Promise<Violation[]> {
  const validate = await compileSchema();
  if (validate(value)) return [];
  const errors = (validate.errors ?? []).filter((error) => !['oneOf', 'anyOf', 'if'].includes(error.keyword) && !isConsequence(error));
  const places = Map.groupBy(errors, placeOf);
  // Of several things that a value might be, the one that fits it best fails deepest.
  const deepest = [...places].filter(([place]) => ![...places.keys()].some((other) => other.startsWith(`${place}/`)));
  return deepest.map(([place, found]) => describe(place, found));
}

/** An unknown key is a place of its own. */
function placeOf(error: ErrorObject): string {
  const key = unknownKey(error);
  return key === undefined ? error.instancePath : `${error.instancePath}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function unknownKey({ params }: ErrorObject): string | undefined {
  const { additionalProperty, unevaluatedProperty } = params as { readonly additionalProperty?: string; readonly unevaluatedProperty?: string };
  return additionalProperty ?? unevaluatedProperty;
}

/** A key with a wrong value counts as not looked at: it is known all the same, and has an error of its own. */
function isConsequence(error: ErrorObject): boolean {
  return error.keyword === 'unevaluatedProperties' && knownKeys(error.parentSchema as Schema).includes(unknownKey(error) ?? '');
}

interface Schema {
  readonly $ref?: string;
  readonly properties?: object;
  readonly allOf?: readonly Schema[];
}

/** Keys of a map, also those that it shares with others. */
function knownKeys({ $ref, properties = {}, allOf = [] }: Schema): string[] {
  const shared = (schema.$defs as Readonly<Record<string, Schema>>)[$ref?.replace('#/$defs/', '') ?? ''];
  return [...Object.keys(properties), ...[...allOf, ...(shared === undefined ? [] : [shared])].flatMap(knownKeys)];
}

function describe(place: string, errors: readonly ErrorObject[]): Violation {
  const path = place.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const unknown = errors.filter((error) => unknownKey(error) !== undefined);
  if (unknown.length > 0) {
    const known = unknown.flatMap(({ parentSchema }) => knownKeys(parentSchema as Schema));
    const owner = path.length === 1 ? 'a Compose file' : `\`${path.at(-2)}\``;
    return { path, atKey: true, message: `Found the key \`${path.at(-1)}\`, which ${owner} cannot have.${isMisplacedService(path, errors) ? ' It looks like a service: indent it under `services:`.' : hintAt(String(path.at(-1)), new Set(known)) || ' Remove it, or indent it so that it belongs elsewhere.'}` };
  }
  const other = errors.find(({ keyword }) => keyword !== 'type');
  return { path, atKey: other?.keyword === 'required', message: `${other === undefined ? describeTypes(errors, path) : describeOther(other)} ${other === undefined ? 'Write it so.' : 'Correct it.'}` };
}

function isMisplacedService(path: Path, errors: readonly ErrorObject[]): boolean {
  const value = (errors[0]?.data as Readonly<Record<string, unknown>> | undefined)?.[String(path[0])];
  return path.length === 1 && typeof value === 'object' && value !== null && ('image' in value || 'build' in value);
}

const KINDS: Readonly<Record<string, string>> = { object: 'a map (`key: value`)', array: 'a list (lines with `- `)', string: 'a text', number: 'a number', integer: 'a whole number', boolean: 'true or false', null: 'nothing' };

function describeTypes(errors: readonly ErrorObject[], path: Path): string {
  const wanted = [...new Set(errors.flatMap(({ params }) => (params as { type: string | string[] }).type))];
  const words = wanted.filter((type) => !(type === 'null' && wanted.length > 1)).map((type) => KINDS[type] ?? type);
  return `Found ${kindOf(errors[0]?.data)} in \`${path.findLast((part) => typeof part === 'string') ?? 'the file'}\`, expected ${words.join(' or ')}.`;
}

function kindOf(data: unknown): string {
  if (data === null || data === undefined) return 'nothing';
  if (Array.isArray(data)) return 'a list';
  return typeof data === 'object' ? 'a map' : `\`${String(data)}\``;
}

function describeOther({ keyword, params, data, message }: ErrorObject): string {
  switch (keyword) {
    case 'enum': return `Found \`${String(data)}\`, expected one of ${(params as { allowedValues: unknown[] }).allowedValues.map((one) => `\`${String(one)}\``).join(', ')}.`;
    case 'required': return `Found no \`${(params as { missingProperty: string }).missingProperty}\`, expected it here.`;
    case 'uniqueItems': return 'Found an entry twice in this list, expected it once.';
    case 'pattern': return `Found \`${String(data)}\`, expected a text of the form \`${(params as { pattern: string }).pattern}\`.`;
    default: return `Found ${kindOf(data)}, and the Compose specification says that it ${message ?? 'is wrong'}.`;
  }
}
