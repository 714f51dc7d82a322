import type { Grammar } from './grammar.ts';

/** LogQL, written for this course after Loki's documentation of the language. */
export const logql: Grammar = {
  name: 'logql',
  scopeName: 'source.logql',
  patterns: [{ include: '#expression' }],
  repository: {
    expression: {
      patterns: [
        { include: '#comment' }, { include: '#string' }, { include: '#selector' }, { include: '#range' }, { include: '#line-filter' }, { include: '#stage' },
        { include: '#size' }, { include: '#duration' }, { include: '#number' }, { include: '#aggregation' }, { include: '#keyword' }, { include: '#call' },
        { include: '#field' }, { include: '#operator' }, { include: '#punctuation' },
      ],
    },
    comment: { match: '#.*$', name: 'comment.line.number-sign.logql' },
    string: {
      patterns: [
        { begin: '"', end: '"', name: 'string.quoted.double.logql', patterns: [{ match: '\\\\.', name: 'constant.character.escape.logql' }] },
        { begin: '`', end: '`', name: 'string.quoted.other.logql' },
      ],
    },
    selector: {
      begin: '\\{', end: '\\}', beginCaptures: { 0: { name: 'punctuation.section.braces.logql' } }, endCaptures: { 0: { name: 'punctuation.section.braces.logql' } },
      patterns: [
        { match: '[A-Za-z_]\\w*(?=\\s*(?:=|!))', name: 'variable.parameter.label.logql' },
        { match: '=~|!~|!=|=', name: 'keyword.operator.matcher.logql' },
        { include: '#string' },
        { match: ',', name: 'punctuation.separator.logql' },
      ],
    },
    range: { match: '\\[\\s*((?:\\d+(?:ms|[smhdwy]))+)\\s*\\]', name: 'punctuation.section.brackets.logql', captures: { 1: { name: 'constant.numeric.duration.logql' } } },
    'line-filter': { match: '\\|=|\\|~|!=|!~|\\|>|!>', name: 'keyword.operator.filter.logql' },
    stage: { match: '(\\|)\\s*(json|logfmt|pattern|regexp|unpack|unwrap|line_format|label_format|drop|keep|decolorize|distinct)\\b', captures: { 1: { name: 'keyword.operator.pipe.logql' }, 2: { name: 'support.function.stage.logql' } } },
    size: { match: '(?i)\\b\\d+(?:\\.\\d+)?(?:[kmgtp]i?b|b)\\b', name: 'constant.numeric.size.logql' },
    duration: { match: '\\b(?:\\d+(?:\\.\\d+)?(?:ms|us|ns|[smhdwy]))+\\b', name: 'constant.numeric.duration.logql' },
    number: { match: '(?<![\\w.])\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?\\b', name: 'constant.numeric.logql' },
    aggregation: { match: '\\b(?:sum|avg|min|max|count|stddev|stdvar|topk|bottomk|sort|sort_desc)\\b(?=\\s*(?:\\(|by|without))', name: 'support.function.aggregation.logql' },
    keyword: { match: '\\b(?:by|without|on|ignoring|group_left|group_right|offset|bool|and|or|unless)\\b', name: 'keyword.control.logql' },
    call: { match: '\\b[a-z_]\\w*(?=\\s*\\()', name: 'entity.name.function.logql' },
    field: { match: '[A-Za-z_]\\w*', name: 'variable.other.field.logql' },
    operator: { match: '\\||[-+*/%^]|==|=~|>=|<=|>|<|=|!', name: 'keyword.operator.logql' },
    punctuation: { match: '[(),:{}\\[\\]]', name: 'punctuation.logql' },
  },
};
