/** A TextMate grammar as Shiki takes it. */
export interface GrammarRule {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly include?: string;
  readonly captures?: Readonly<Record<number, { readonly name: string }>>;
  readonly beginCaptures?: Readonly<Record<number, { readonly name: string }>>;
  readonly endCaptures?: Readonly<Record<number, { readonly name: string }>>;
  readonly patterns?: GrammarRule[];
}
export interface Grammar {
  readonly name: string;
  readonly scopeName: string;
  readonly patterns: GrammarRule[];
  readonly repository: Record<string, GrammarRule>;
}
