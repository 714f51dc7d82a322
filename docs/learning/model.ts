/** A page of a module as learning tools speak of it. */
export interface LearningPage {
  /** Its address within the edition, without slashes around it: `day-1/checkout-lag`, `day-1` for an index. */
  readonly id: string;
  readonly title: string;
  /** 0 where it is no lesson. */
  readonly minutes: number;
  readonly level: string | undefined;
  /** Title of the part of the module that it is in. */
  readonly part: string;
  /** On the site: `/1.0/day-1/metrics/`. */
  readonly address: string;
}
export interface LearningModule {
  readonly id: string;
  readonly title: string;
  /** In the order of the outline. */
  readonly pages: readonly LearningPage[];
}
/** An exercise whose success a machine can check. */
export interface LearningProof {
  /** Of its page. */
  readonly id: string;
  readonly title: string;
  readonly address: string;
  /** One sentence about whoever passed. */
  readonly claim: string;
}
/** An edition as learning tools speak of it: put into the pages when the site is built. */
export interface LearningEdition {
  readonly id: string;
  readonly title: string;
  /** What its addresses begin with: `/` or `/1.0/`. */
  readonly prefix: string;
  /** `Prometheus 3.14.0, Loki 3.7.6`: what it is verified against. */
  readonly stack: string;
  readonly modules: readonly LearningModule[];
  readonly proofs: readonly LearningProof[];
  /** Pages that have another address now: id that they had → id that they have. */
  readonly moved: Readonly<Record<string, string>>;
}
/** Where a page of the site stands. */
export interface LearningPlace {
  readonly edition: LearningEdition;
  /** Undefined on pages that are not in the outline. */
  readonly module: LearningModule | undefined;
  readonly page: LearningPage | undefined;
}
