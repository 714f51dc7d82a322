export type { DatasetClock, Moment, ReadingContext } from './context.ts';
export { toHtml } from '@astrojs/starlight/expressive-code/hast';
export { markOf, nameBackends, renderMark, renderReading } from './reading.ts';
export { isEmpty, viewNames, viewOutput, type ViewName } from './view.ts';
