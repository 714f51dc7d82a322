import type { Attribute } from '../../harness/model/block.ts';
import type { TranscriptLock } from '../../harness/model/transcript.ts';

export type DatasetClock = TranscriptLock['datasets'][string];
/** A moment worth a line in a chart: an alert that began to fire. */
export interface Moment {
  readonly atMs: number;
  readonly label: string;
}
/** What a view may know beside the output itself. Views are pure: the same input gives the same tree. */
export interface ReadingContext {
  /** Fence tag of the block that was asked. */
  readonly language: string;
  /** Checked text of the block: units and highlighted fields come from it. */
  readonly text: string;
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly dataset: string | undefined;
  readonly clock: DatasetClock | undefined;
  readonly moments: readonly Moment[];
  /** What the command line puts before the block's page: `1.0/`, nothing for the current edition. */
  readonly edition?: string;
  /** Which notifications of an alerting rule are meant; `none` where the page shows them elsewhere. */
  readonly notifications?: 'all' | 'firing' | 'resolved' | 'none';
  /** As little as makes the point: three lines, one trace. */
  readonly brief?: boolean;
  /** Says what is seen; replaces the computed headline of a chart. */
  readonly headline?: string;
}
