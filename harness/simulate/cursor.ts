import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, Scalar } from 'yaml';
import type { Place } from '../model/place.ts';
import { suggest } from './suggest.ts';

/** The author's mistake in an incident file, in a dataset's name or in an override. Its message begins with the place when there is one. */
export class IncidentError extends Error {
  override readonly name = 'IncidentError';
  /** Undefined when there is no file to point into. */
  readonly place: Place | undefined;
  constructor(message: string, place?: Place) {
    super(place === undefined ? message : `${place.file}:${place.start.line}:${place.start.column}: ${message}`);
    this.place = place;
  }
}

interface Source {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
  /** Scalars that an override replaced, for messages. */
  readonly overridden: Map<Node, string>;
}
const MICROSECONDS: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 };

/** A node of a YAML file that knows where it stands, read with types. Every method throws an IncidentError that says what it expected. */
export class Cursor {
  readonly #source: Source;
  readonly #node: Node;
  readonly #name: string;
  private constructor(source: Source, node: Node, name: string) {
    this.#source = source;
    this.#node = node;
    this.#name = name;
  }

  /** @param file repository-relative, for messages */
  static open(file: string, text: string): Cursor {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
    const source: Source = { file, document, lines, overridden: new Map() };
    const error = document.errors[0];
    if (error !== undefined) throw new IncidentError(`not YAML: ${error.message}`, placeOf(source, error.pos));
    if (!isNode(document.contents)) throw new IncidentError(`${file} is empty; expected an incident`);
    return new Cursor(source, document.contents, 'the incident');
  }

  fail(message: string): never {
    const override = this.#source.overridden.get(this.#node);
    const where = placeOf(this.#source, this.#node.range ?? [0, 0]);
    throw new IncidentError(override === undefined ? message : `override ${override}: ${message}`, where);
  }
  /** A mapping with exactly these keys. */
  object<const R extends string, const O extends string = never>(
    required: readonly R[],
    optional: readonly O[] = [],
  ): Readonly<Record<R, Cursor>> & Readonly<Partial<Record<O, Cursor>>> {
    const known: readonly string[] = [...required, ...optional];
    const fields = this.#pairs();
    for (const [key, { keyPlace }] of fields) {
      if (!known.includes(key)) throw new IncidentError(`unknown key "${key}" in ${this.#name}: ${suggest(key, known)}`, keyPlace);
    }
    for (const key of required) if (!fields.has(key)) this.fail(`${this.#name} has no "${key}"; add it`);
    return Object.fromEntries([...fields].map(([key, { value }]) => [key, value])) as Record<R, Cursor> & Partial<Record<O, Cursor>>;
  }
  /** A mapping with free keys, in the file's order. */
  entries(): readonly (readonly [key: string, value: Cursor])[] {
    return [...this.#pairs()].map(([key, { value }]) => [key, value]);
  }
  list(): readonly Cursor[] {
    if (!isSeq(this.#node)) this.fail(`${this.#name} is not a list; write "- …" or "[…]"`);
    return this.#node.items.map((item, index) =>
      isNode(item) ? new Cursor(this.#source, item, `${this.#name}[${index}]`) : this.fail(`${this.#name} has an empty item`));
  }
  text(): string {
    if (!isScalar(this.#node) || this.#node.value === null) this.fail(`${this.#name} is not a single value`);
    return String(this.#node.value);
  }
  number(atLeast = 0): number {
    const text = this.text();
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < atLeast) this.fail(`${this.#name} is "${text}"; expected a number of at least ${atLeast}`);
    return value;
  }
  integer(atLeast = 0): number {
    const value = this.number(atLeast);
    if (!Number.isSafeInteger(value)) this.fail(`${this.#name} is "${value}"; expected a whole number`);
    return value;
  }
  /** `2.5s`, `300ms`, `35m`; whole microseconds. */
  durationUs(): number {
    const text = this.text();
    const match = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)$/.exec(text);
    if (match === null) this.fail(`${this.#name} is "${text}"; expected a duration such as 2.5s, 300ms or 35m`);
    return Math.round(Number(match[1]) * (MICROSECONDS[match[2] ?? 's'] ?? 1));
  }
  /** `8 %` as 0.08. */
  share(): number {
    const text = this.text();
    const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text);
    const share = match === null ? NaN : Number(match[1]) / 100;
    if (!(share <= 1)) this.fail(`${this.#name} is "${text}"; expected a share such as 8 %`);
    return share;
  }
  choice<const C extends string>(choices: readonly C[]): C {
    const text = this.text();
    const found = choices.find((choice) => choice === text);
    return found ?? this.fail(`${this.#name} is "${text}": ${suggest(text, choices)}`);
  }
  /** One field, before the mapping's kind (and so its other keys) is known. */
  peek(key: string): Cursor {
    return this.#pairs().get(key)?.value ?? this.fail(`${this.#name} has no "${key}"; add it`);
  }
  /** Replaces the scalar at the dotted path that `path` holds (`faults.0.value`); `label` is how messages call the override. */
  override(path: Cursor, value: string, label: string): void {
    const found = this.requireScalar(path);
    found.value = value;
    this.#source.overridden.set(found, label);
  }
  /** The scalar at the dotted path that `path` holds. */
  requireScalar(path: Cursor): Scalar {
    const keys = path.text().split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    const found = this.#source.document.getIn(keys, true);
    return isScalar(found) ? found : path.fail(`${path.#name} leads to "${path.text()}", where there is no single value; expected e.g. faults.0.value`);
  }

  #pairs(): Map<string, { readonly value: Cursor; readonly keyPlace: Place }> {
    if (!isMap(this.#node)) this.fail(`${this.#name} is not a mapping; write "key: value" lines`);
    const fields = new Map<string, { value: Cursor; keyPlace: Place }>();
    for (const { key, value } of this.#node.items) {
      if (!isScalar(key)) this.fail(`${this.#name} has a key that is not a word`);
      const keyPlace = placeOf(this.#source, key.range ?? [0, 0]);
      const name = String(key.value);
      if (!isNode(value) || (isScalar(value) && value.value === null)) throw new IncidentError(`"${name}" has no value`, keyPlace);
      fields.set(name, { value: new Cursor(this.#source, value, `"${name}"`), keyPlace });
    }
    return fields;
  }
}

function placeOf(source: Source, range: readonly number[]): Place {
  const point = (offset: number): Place['start'] => {
    const { line, col } = source.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const start = range[0] ?? 0;
  return { file: source.file, start: point(start), end: point(Math.max(range[1] ?? start, start)) };
}
