import type { Grammar, GrammarRule } from './grammar.ts';

const labels: GrammarRule = {
  begin: '\\{', end: '\\}', beginCaptures: { 0: { name: 'punctuation.section.exposition' } }, endCaptures: { 0: { name: 'punctuation.section.exposition' } },
  patterns: [
    { begin: '"', end: '"', name: 'string.quoted.double.exposition', patterns: [{ match: '\\\\[\\\\"n]', name: 'constant.character.escape.exposition' }] },
    { match: '([a-zA-Z_]\\w*)\\s*(=)', captures: { 1: { name: 'variable.parameter.exposition' }, 2: { name: 'keyword.operator.exposition' } } },
    { match: ',', name: 'punctuation.separator.exposition' },
  ],
};

/** What a service answers to a scrape: Prometheus text format and OpenMetrics alike. */
function exposition(name: string): Grammar {
  return {
    name,
    scopeName: `source.${name}`,
    patterns: [
      { match: '^\\s*(#\\s+TYPE)\\s+(\\S+)\\s+(\\S+)', captures: { 1: { name: 'keyword.other.exposition' }, 2: { name: 'entity.name.function.exposition' }, 3: { name: 'storage.type.exposition' } } },
      { match: '^\\s*(#\\s+(?:HELP|UNIT))\\s+(\\S+)(.*)$', captures: { 1: { name: 'keyword.other.exposition' }, 2: { name: 'entity.name.function.exposition' }, 3: { name: 'comment.line.exposition' } } },
      { match: '^\\s*#\\s+EOF$', name: 'keyword.other.exposition' },
      { match: '^\\s*#.*$', name: 'comment.line.number-sign.exposition' },
      { match: '^\\s*[a-zA-Z_:][\\w:]*', name: 'entity.name.function.exposition' },
      labels,
      // What follows is an exemplar.
      { match: '(?<=\\s)#(?=\\s*\\{)', name: 'keyword.operator.exposition' },
      { match: '(?<=\\s)(?:[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?|[+-]?Inf|NaN)(?=\\s|$)', name: 'constant.numeric.exposition' },
    ],
    repository: {},
  };
}

export const prometheusText = exposition('prometheus');
export const openmetricsText = exposition('openmetrics');
