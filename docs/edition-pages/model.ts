/** An edition as its pages speak of it. */
export interface EditionOnPages {
  readonly id: string;
  readonly title: string;
  readonly isCurrent: boolean;
  /** What its addresses begin with: `/` or `/1.0/`. */
  readonly prefix: string;
  /** Backend → version that it is verified against. */
  readonly stack: Readonly<Record<string, string>>;
}
export interface EditionsOnPages {
  /** The current one first. */
  readonly editions: readonly EditionOnPages[];
  /** Address of a page → edition → address of the page about the same there. */
  readonly counterparts: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
