import { changesAt, type Fault } from '../fault.ts';

/** An alert that does not wait, and one that waits twice as long. */
export const forDuration: Fault = {
  name: 'for',
  seed: ({ dialect, text }) => (dialect === 'rules' ? changesAt(text, /^\s+(?:for|keep_firing_for):\s*(?<at>\d+[smhd])/m, (found) => ['0s', `${Number(found.slice(0, -1)) * 2}${found.slice(-1)}`]) : []),
};
