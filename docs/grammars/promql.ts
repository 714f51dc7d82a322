import type { Grammar } from './grammar.ts';

/** PromQL, written for this course after the grammar in Prometheus' documentation. */
export const promql: Grammar = {
  name: 'promql',
  scopeName: 'source.promql',
  patterns: [{ include: '#expression' }],
  repository: {
    expression: {
      patterns: [
        { include: '#comment' }, { include: '#string' }, { include: '#selector' }, { include: '#range' }, { include: '#duration' },
        { include: '#number' }, { include: '#aggregation' }, { include: '#keyword' }, { include: '#call' }, { include: '#metric' },
        { include: '#operator' }, { include: '#punctuation' },
      ],
    },
    comment: { match: '#.*$', name: 'comment.line.number-sign.promql' },
    string: {
      patterns: [
        { begin: '"', end: '"', name: 'string.quoted.double.promql', patterns: [{ match: '\\\\.', name: 'constant.character.escape.promql' }] },
        { begin: "'", end: "'", name: 'string.quoted.single.promql', patterns: [{ match: '\\\\.', name: 'constant.character.escape.promql' }] },
        { begin: '`', end: '`', name: 'string.quoted.other.promql' },
      ],
    },
    selector: {
      begin: '\\{', end: '\\}', beginCaptures: { 0: { name: 'punctuation.section.braces.promql' } }, endCaptures: { 0: { name: 'punctuation.section.braces.promql' } },
      patterns: [
        { match: '[A-Za-z_]\\w*(?=\\s*(?:=|!))', name: 'variable.parameter.label.promql' },
        { match: '=~|!~|!=|=', name: 'keyword.operator.matcher.promql' },
        { include: '#string' },
        { match: ',', name: 'punctuation.separator.promql' },
      ],
    },
    range: {
      begin: '\\[', end: '\\]', beginCaptures: { 0: { name: 'punctuation.section.brackets.promql' } }, endCaptures: { 0: { name: 'punctuation.section.brackets.promql' } },
      patterns: [{ include: '#duration' }, { match: ':', name: 'punctuation.separator.promql' }],
    },
    duration: { match: '\\b(?:\\d+(?:ms|[smhdwy]))+\\b', name: 'constant.numeric.duration.promql' },
    number: { match: '(?i)(?<![\\w.])(?:0x[\\da-f]+|\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|inf|nan)\\b', name: 'constant.numeric.promql' },
    aggregation: { match: '\\b(?:sum|avg|min|max|count|count_values|group|stddev|stdvar|topk|bottomk|quantile|limitk|limit_ratio)\\b(?=\\s*(?:\\(|by|without))', name: 'support.function.aggregation.promql' },
    keyword: { match: '\\b(?:by|without|on|ignoring|group_left|group_right|offset|bool|and|or|unless|atan2|start|end)\\b', name: 'keyword.control.promql' },
    call: { match: '\\b[a-z_]\\w*(?=\\s*\\()', name: 'entity.name.function.promql' },
    metric: { match: '[A-Za-z_:][\\w:]*', name: 'variable.other.metric.promql' },
    operator: { match: '[-+*/%^@]|==|!=|>=|<=|>|<|=~|!~|=', name: 'keyword.operator.promql' },
    punctuation: { match: '[(),:{}\\[\\]]', name: 'punctuation.promql' },
  },
};
