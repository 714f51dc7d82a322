import { changesAt, changesInQueries, type Fault } from '../fault.ts';

const OTHER: Readonly<Record<string, string>> = { '=': '!=', '!=': '=', '=~': '!~', '!~': '=~', '|=': '!=', '|~': '!~' };

/** What was to be selected is left out, and the other way round. */
export const matcher: Fault = {
  name: 'matcher',
  seed: (sample) => {
    const inQueries = changesInQueries(sample, /(?<at>\|=|\|~|=~|!~|!=|(?<![=!<>|])=(?![=~]))\s*\\?["`]/, (found) => OTHER[found]);
    if (sample.dialect !== 'alertmanager-config') return inQueries;
    return changesAt(sample.text, /matchers:[^\n]*?\w\s*(?<at>=~|!~|!=|=)/, (found) => OTHER[found]);
  },
};
