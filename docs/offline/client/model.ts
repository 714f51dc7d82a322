import type { Options } from 'minisearch';

/** Where the site serves the offline bundle. */
export const BUNDLE_ADDRESS = '/offline/incident-logbook-offline.zip';

/** A part of a page, from one heading to the next: what is searched, and what is shown of it. */
export interface SearchPart {
  readonly id: number;
  /** Below the site's folder: `day-1/labels/index.html#price`. */
  readonly address: string;
  readonly page: string;
  /** Empty for what stands before the first heading. */
  readonly heading: string;
  readonly text: string;
  /** How far up it stands among others that fit as well; 1 for a lesson. */
  readonly weight: number;
}
/** Everything of one edition: what the page's own edition searches. */
export interface SearchData {
  readonly parts: readonly SearchPart[];
  /** MiniSearch's own form of its index. */
  readonly index: string;
}

/** How parts are searched: the index is read with the options that it was made with. */
export const searchOptions: Options<SearchPart> = {
  fields: ['page', 'heading', 'text'],
  storeFields: ['weight'],
  searchOptions: { combineWith: 'AND', prefix: true, fuzzy: (term) => (term.length > 4 ? 0.2 : false), boost: { page: 4, heading: 3 }, boostDocument: (_, __, stored) => Number(stored?.['weight'] ?? 1) },
};

/** The file with the data for pages of a language: `en`, or `en-x-1-0` for those of an older edition. */
export function dataFile(language: string): string {
  return `offline/words-${language}.js`;
}
