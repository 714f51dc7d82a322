import { changesAt, type Fault } from '../fault.ts';

/** A promise that nobody waits for. */
export const missingAwait: Fault = {
  name: 'missing await',
  seed: ({ dialect, text }) => (dialect === 'typescript' || dialect === 'python' ? changesAt(text, /\b(?<at>await )(?!using)/, () => '') : []),
};
