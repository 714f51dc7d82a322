import { changesAt, type Fault } from '../fault.ts';

/** Somebody else is told: another receiver of the file, or one that there is not. */
export const receiver: Fault = {
  name: 'receiver',
  seed: ({ dialect, text }) => {
    if (dialect !== 'alertmanager-config') return [];
    const names = [...text.matchAll(/^\s*- name:\s*(\S+)/gm)].map(([, name]) => name as string);
    return [
      ...changesAt(text, /^\s*(?:- )?receiver:\s*(?<at>\S+)/m, (found) => [...names.filter((name) => name !== found).slice(0, 1), `${found}s`]),
      ...changesAt(text, /^\s*- name:\s*(?<at>\S+)/m, (found) => `${found}s`),
    ];
  },
};
