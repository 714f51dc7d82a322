import type { Diagnostic } from './diagnostic.ts';
import type { PageMarkdown } from './page-check.ts';
import type { NonEmpty, Place, Point } from './place.ts';

declare const blockId: unique symbol;
/** `<page>#<name>`, or `<page>#<ordinal>` for a block without a name (it can have no transcript). */
export type BlockId = string & { readonly [blockId]: true };

/** Where one line of a block's text begins: in the page, or in the snippet file that the line came from. */
export interface BlockLine extends Point {
  readonly file: string;
  /** False for a hidden line (`//| `, `#| `) and for the part of an included file outside the region. */
  readonly shown: boolean;
}
export interface Attribute {
  readonly name: string;
  /** `true` for a bare word such as `empty`. */
  readonly value: string | true;
  readonly place: Place;
}
/** What an incident file says that its telemetry shows, or does not show. */
export interface Expectation {
  /** One sentence, true or not. */
  readonly claim: string;
  readonly signal: 'metrics' | 'logs' | 'traces' | 'alert';
  /** False: the negative that carries the lesson. It holds with the fault and without. */
  readonly visible: boolean;
  /** Where it is proven: over the incident's dataset, on the live services, or on both. */
  readonly proven: 'dataset' | 'live' | 'both';
  /** Of one with `figures`, which the attribute `expect` holds too: what is claimed without them, of any day like it. */
  readonly claimed?: string | undefined;
}
/** One fenced block of a page, after hidden lines were unmarked and a `file=` region was filled in. */
export interface Block {
  readonly id: BlockId;
  /** Page id: path under `docs/content/docs` without extension, e.g. `day-1/checkout-lag`; `incidents/checkout-lag` for the incident file of that name. */
  readonly page: string;
  /** The fence tag as written. Planning, not typing, decides whether a checker exists for it. */
  readonly language: string;
  /** `title="…"`: the file name that a reader would save; decides the checker for files. */
  readonly title: string | undefined;
  readonly name: string | undefined;
  /** 0-based position among the blocks of its page. */
  readonly ordinal: number;
  /** Checked text: shown and hidden lines in source order, joined by \n, without a trailing newline. */
  readonly text: string;
  /** What the reader sees. */
  readonly shownText: string;
  /** One entry a line of `text`. */
  readonly lines: NonEmpty<BlockLine>;
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** The opening fence line, in the page. */
  readonly fence: Place;
  /** Repository path of the included file, when `file=` was given. */
  readonly source: string | undefined;
  /** Checked text of the block that `continues=` names: the answer depends on it too. */
  readonly continuedText?: string;
  /** Files under `snippets/` that say something else to this block than on disk: a copy with a fault in what it imports or changes. */
  readonly overlay?: readonly { readonly path: string; readonly text: string }[];
  /** Of a block that an incident file states. */
  readonly expectation?: Expectation;
}
/** One MDX page, or one incident file. Parsing never fails: what is wrong is in `diagnostics`. */
export interface Page {
  readonly id: string;
  /** Repository-relative path. */
  readonly file: string;
  readonly frontmatter: Readonly<Record<string, unknown>>;
  /** Where each top-level key of the frontmatter stands, with its value. */
  readonly keys?: ReadonlyMap<string, Place>;
  readonly blocks: readonly Block[];
  readonly diagnostics: readonly Diagnostic[];
  /** What page checks look at; a page that is not MDX has none. */
  readonly markdown?: PageMarkdown;
}
