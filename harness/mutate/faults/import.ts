import { changesAt, misspell, type Fault } from '../fault.ts';

/** A package or file that there is not, a name that is not brought in, an image of no fixed version. */
export const importFault: Fault = {
  name: 'import',
  seed: ({ dialect, text }) => {
    if (dialect === 'typescript') return [
      ...changesAt(text, /^import\s[^\n]*from '(?<at>[^'\n]+)'/m, (found) => (found.endsWith('.ts') ? `${found.slice(0, -3)}s.ts` : misspell(found))),
      ...changesAt(text, /^import(?: \w+,)? \{ (?<at>[^}\n]+) \}/m, (found) => (found.includes(',') ? found.split(',').slice(1).join(',').trim() : undefined)),
    ];
    if (dialect === 'python') return [
      ...changesAt(text, /^(?:from|import) (?<at>[\w.]+)/m, misspell),
      ...changesAt(text, /^from [\w.]+ import (?<at>[^\n(]+)/m, (found) => (found.includes(',') ? found.split(',').slice(1).join(',').trim() : undefined)),
    ];
    if (dialect === 'compose') return changesAt(text, /^\s+image:\s*[\w./-]+:(?<at>\S+)/m, () => 'latest');
    return [];
  },
};
