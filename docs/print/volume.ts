/** What a volume is for: to read, to work in (exercises without solutions), or to teach from (notes, answers, solutions). */
export type VolumeKind = 'book' | 'handout' | 'handbook';

/** Kinds of pages on which participants work. */
export const workedOn: ReadonlySet<string> = new Set(['exercise', 'scenario']);

/** A built page of the site, as a volume takes it. */
export interface VolumePage {
  /** `/1.0/day-1/what-it-is/` */
  readonly address: string;
  readonly title: string;
  /** `exercise`, `story` …; undefined where the page says none. */
  readonly kind: string | undefined;
}
export interface VolumePart {
  readonly title: string;
  readonly pages: readonly VolumePage[];
}
/** One PDF: a module of an edition, for one use. */
export interface Volume {
  /** File name without its ending: `day-1-2.0-handout`. */
  readonly name: string;
  readonly kind: VolumeKind;
  /** `Day 1` */
  readonly module: string;
  /** Id of the module in the outline: `day-1`. */
  readonly moduleId: string;
  readonly edition: { readonly id: string; readonly title: string; /** `Prometheus 3.14.0, Loki 3.7.6` */ readonly stack: string };
  readonly parts: readonly VolumePart[];
  /** Schedule of a day, made from the minutes of the pages; of a handbook only. */
  readonly scheduleHtml?: string;
}

/** `Day 1: participant handout` */
export function titleOf({ module, kind }: Pick<Volume, 'module' | 'kind'>): string {
  return { book: module, handout: `${module}: participant handout`, handbook: `${module}: instructor handbook` }[kind];
}

/** Where the site serves a volume: `/print/day-1-2.0.pdf`. */
export function addressOfVolume(name: string): string {
  return `/print/${name}.pdf`;
}

/** Where the site serves the EPUB of the same pages: `/print/day-1-2.0.epub`. */
export function addressOfBook(name: string): string {
  return `/print/${name}.epub`;
}

/** Name of the place where a page begins in its volume: `day-1.checkout-lag`. A reader may open the file there: `day-1-2.0.pdf#nameddest=day-1.checkout-lag`. */
export function placeOf(address: string): string {
  return address.split('/').filter(Boolean).join('.') || 'home';
}
