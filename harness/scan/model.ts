import type { Block } from '../model/block.ts';
import type { Diagnostic, Level, RuleId } from '../model/diagnostic.ts';
import type { Depth } from '../model/verdict.ts';

/** One piece of code of a document that need not be ours, as a reader sees it. */
export interface Sample {
  /** `language` is the tag in its usual spelling, `title` the file name that fence or first line gives. */
  readonly block: Block;
  /** The info string as written. */
  readonly info: string;
  readonly container: 'fence' | 'indented' | 'html' | 'shortcode';
  /** The marks of its fence; empty for other containers. */
  readonly marks: string;
  /** False where the document ends inside it. */
  readonly closed: boolean;
  /** Its list item ends before it does. */
  readonly isCutOff?: boolean;
  /** It holds fences of as many marks, and is read to the end that its author sees. */
  readonly isNested?: boolean;
  /** The nearest heading above, and up to three lines of prose directly before. */
  readonly heading: string;
  /** All headings that it stands below, the document's title first. */
  readonly headings: string;
  /** What the document is about: its title, the heading of level 1 above, and what it begins with before its first sample or second heading. */
  readonly subject: string;
  readonly before: string;
  /** Line after it, when that is prose. */
  readonly after: string;
}
/** A document and its samples, in order. */
export interface Document {
  /** As the report names it. */
  readonly file: string;
  readonly source: string;
  readonly samples: readonly Sample[];
}
/** What a sample, or a part of it, is taken for. */
export type Kind =
  | 'promql' | 'logql' | 'prometheus-config' | 'rules' | 'alertmanager-config' | 'loki-config' | 'collector-config' | 'compose' | 'compose-services'
  | 'yaml' | 'json' | 'json-lines' | 'dashboard' | 'mermaid' | 'shell' | 'typescript' | 'python' | 'exposition' | 'http' | 'rule-tests' | 'kubernetes' | 'dockerfile' | 'fluent' | 'sql' | 'text';

/** Part of a sample that is judged as one thing: one expression, one file. */
export interface Piece {
  readonly sample: Sample;
  readonly kind: Kind;
  readonly text: string;
  /** Of its first character in the sample's text, UTF-16. */
  readonly offset: number;
  /** Why it is taken for that, as half a sentence. */
  readonly because: string;
  /** It is taken for that against its tag, or without one: what refuses it proves nothing. */
  readonly isGuess?: boolean;
}
/** Something found, at an offset of the piece's text (UTF-16). */
export interface Found {
  readonly rule: RuleId;
  readonly level: Level;
  readonly offset: number;
  readonly length: number;
  readonly message: string;
}
/** What one judge says of one piece. `unknown` says why. */
export type Outcome =
  | { readonly kind: 'passed'; readonly depth: Depth; readonly found?: readonly Found[] }
  | { readonly kind: 'failed'; readonly depth: Depth; readonly found: readonly Found[] }
  | { readonly kind: 'unknown'; readonly reason: string; readonly found?: readonly Found[] };

/** One verdict a sample. */
export interface ScanVerdict {
  readonly sample: Sample;
  readonly verdict: 'passed' | 'failed' | 'unknown';
  readonly depth: Depth;
  /** Of `unknown`. */
  readonly reason: string | undefined;
  /** What it was taken for, and why: one entry a piece. */
  readonly guesses: readonly { readonly kind: Kind; readonly because: string }[];
  readonly diagnostics: readonly Diagnostic[];
}
export interface ScanReport {
  readonly files: readonly string[];
  readonly verdicts: readonly ScanVerdict[];
  /** Breakage of ours, of a tool or of the file system; it makes no verdict. */
  readonly errors: readonly Error[];
  /** Tools that answered, and those that are not on this machine. */
  readonly tools: { readonly present: readonly string[]; readonly missing: readonly string[] };
  readonly elapsedMs: number;
}
/** Real servers, cut off from everything, that are shown files of documents. */
export interface Loader extends AsyncDisposable {
  /** What there are servers for. */
  readonly kinds: readonly Kind[];
  /** @returns what the server says against each text; undefined where it is in force now */
  load(kind: Kind, texts: readonly string[], signal: AbortSignal): Promise<readonly (string | undefined)[]>;
}
/** What judges may ask. */
export interface ScanContext {
  readonly root: string;
  /** Path of a program that was taken out of its image before; undefined: not on this machine. */
  tool(name: string): Promise<string | undefined>;
  readonly signal: AbortSignal;
  /** Told of what broke; the pieces over which it did have no outcome. */
  onBroken(error: Error): void;
  /** Every document of the run, for what one sample says of another. */
  readonly documents: readonly Document[];
  /** With `--run`: what they pass is then loaded. */
  readonly loader?: Loader | undefined;
}
export type Judge = (pieces: readonly Piece[], context: ScanContext) => Promise<ReadonlyMap<Piece, Outcome>>;
