import type { Grammar } from './grammar.ts';

/** The course's notation of a trace search: one `key=value` a line. */
export const jaeger: Grammar = {
  name: 'jaeger',
  scopeName: 'source.jaeger',
  patterns: [
    { match: '#.*$', name: 'comment.line.number-sign.jaeger' },
    { match: '^\\s*([A-Za-z]\\w*)(=)', captures: { 1: { name: 'variable.parameter.jaeger' }, 2: { name: 'keyword.operator.jaeger' } } },
    { match: '(?<==)(?:\\d+(?:\\.\\d+)?(?:us|µs|ms|s|m|h))+\\s*$', name: 'constant.numeric.duration.jaeger' },
    { match: '(?<==)\\d+\\s*$', name: 'constant.numeric.jaeger' },
    { begin: '"', end: '"', name: 'string.quoted.double.jaeger' },
    { match: '[{}:,]', name: 'punctuation.jaeger' },
    { match: '[^\\s"{}:,]+', name: 'string.unquoted.jaeger' },
  ],
  repository: {},
};
