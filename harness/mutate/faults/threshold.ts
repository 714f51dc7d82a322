import { changesAt, changesInQueries, withoutSelectors, type Fault } from '../fault.ts';

const NUMBER = String.raw`(?<at>\d+(?:\.\d+)?)(?![\w.])`;

/** The number that something is compared with: half of it, and twice. */
export const threshold: Fault = {
  name: 'threshold',
  seed: (sample) => {
    if (sample.queries.length > 0) return changesInQueries(sample, new RegExp(String.raw`(?:[<>]=?|[=!]=)\s*(?:bool\s+)?${NUMBER}`), scale, withoutSelectors);
    if (sample.dialect === 'typescript' || sample.dialect === 'python') return changesAt(sample.text, new RegExp(String.raw`[^=<>-](?:[<>]=?|[=!]==?)\s+${NUMBER}`), scale);
    if (sample.dialect === 'shell') return changesAt(sample.text, new RegExp(String.raw`(?:-(?:gt|ge|lt|le|eq|ne)|[<>]=?|[=!]=)\s+${NUMBER}`), scale);
    if (sample.dialect === 'jaeger') return changesAt(sample.text, /^(?:min|max)Duration=(?<at>\d+)/m, scale);
    return [];
  },
};

/** A zero is not scaled: it becomes 1. */
function scale(found: string): string[] {
  const value = Number(found);
  return value === 0 ? ['1'] : [String(value / 2), String(value * 2)];
}
