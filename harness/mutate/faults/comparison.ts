import { changesAt, changesInQueries, withoutSelectors, type Fault } from '../fault.ts';

const OTHER: Readonly<Record<string, string>> = { '>': '<', '<': '>', '>=': '<', '<=': '>', '==': '!=', '!=': '==', '===': '!==', '!==': '===', '-gt': '-lt', '-lt': '-gt', '-ge': '-lt', '-le': '-gt', '-eq': '-ne', '-ne': '-eq' };

/** A comparison the wrong way round. */
export const comparison: Fault = {
  name: 'comparison',
  seed: (sample) => {
    // In LogQL `|= "…"` and `!= "…"` are filters, which `matcher` turns.
    if (sample.queries.length > 0) return changesInQueries(sample, /(?<![=!<>~|])(?<at>>=|<=|>|<|==|!=)(?![=~>])(?!\s*["`])/, other, withoutSelectors);
    if (sample.dialect === 'typescript' || sample.dialect === 'python') return changesAt(sample.text, /\s(?<at>===|!==|==|!=|>=|<=|>|<)\s(?=["'\w])/, other);
    if (sample.dialect === 'shell') return changesAt(sample.text, /\s(?<at>-(?:gt|ge|lt|le|eq|ne)|==|!=)\s/, other);
    if (sample.dialect === 'jaeger') return changesAt(sample.text, /^(?<at>minDuration|maxDuration)=/m, (found) => (found === 'minDuration' ? 'maxDuration' : 'minDuration'));
    return [];
  },
};

function other(found: string): string | undefined {
  return OTHER[found];
}
