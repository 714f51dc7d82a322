/** Marks of other dialects, and of text that stands for something else: PostgreSQL's grammar can say nothing about such a block. */
const MARKS: readonly RegExp[] = [
  /`/, /\[\w+\]\.|\.\[\w+\]/, /@@\w/, /^\s*(?:GO|DELIMITER\b.*)\s*$/im, /^\s*(?:USE|DESC|DESCRIBE|PRAGMA|REPLACE\s+INTO|KILL|HANDLER|ATTACH|OPTIMIZE|SUMMARIZE)\b/im,
  /\bSHOW\s+(?:FULL|TABLES?|DATABASES|CREATE|COLUMNS|INDEX|ENGINE|PROCESSLIST|STATUS|GLOBAL|SESSION|VARIABLES|GRANTS|MASTER|REPLICA|SLAVE|BINARY|RETENTION|MEASUREMENTS|SERIES|TAG|FIELD)\b/i,
  /\bTOP\s*\(?\d/i, /\bLIMIT\s+\d+\s*,/i, /\bENGINE\s*=/i, /\bAUTO_?INCREMENT\b/i, /\bON\s+DUPLICATE\s+KEY\b/i, /\bINSERT\s+(?:IGNORE|OVERWRITE)\b/i,
  /\b(?:PREWHERE|QUALIFY|PIVOT|UNPIVOT|MATCH_RECOGNIZE|STRAIGHT_JOIN|ARRAY\s+JOIN|ASOF\s+JOIN|GLOBAL\s+IN|SAMPLE\s+BY|LATEST\s+ON|LATERAL\s+VIEW|EMIT\s+CHANGES|SINCE\s+\d|FACET|TIMESERIES|SETTINGS)\b/i,
  /\bFORMAT\s*=?\s*\w+\s*;?\s*$/im, /\b(?:NVARCHAR|VARCHAR2|DATETIME2?|UNSIGNED|IDENTITY|TINYINT|LowCardinality|MergeTree|Nullable)\b/i, /\bCONNECT\s+BY\b|\bMINUS\s+SELECT\b|\(\+\)/i,
  /\bPERIOD\s+FOR\b|\bFOR\s+SYSTEM_TIME\b|\bWITH\s*\(\s*(?:NOLOCK|UPDLOCK|ROWLOCK)\b/i, /\bINTERVAL\s+\d/i, /#/,
  /\bCODEC\s*\(|\bON\s+CLUSTER\b|\bTTL\s|\bU?Int(?:8|16|32|64|128|256)\b|\bFloat(?:32|64)\b|\bDateTime64\b/, /\bfill\s*\(|\b\d+[smhdw]\b/i, /\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:STREAM|KEYSPACE|DICTIONARY|WAREHOUSE)\b|\bWATERMARK\b|\bDECLARE\s+@|\bEXEC\s/i, /\bSTRUCT\s*</i,
];
/** Elisions, placeholders and templates. */
const STAND_INS = [/\.\.\.|…/, /<[a-z][\w .|-]*>/i, /\{\{|\{%|\$\{|\$\(|\{[a-z_]\w*\}|\[\[/i, /\$__?\w|\$[a-z]/i];
/** What a session prints. */
const OUTPUT = [/^-{3,}(?:\+-+)*\s*$/m, /^\+-{2,}/m, /^\(\d+ rows?\)$/m, /^\w+[=-][#>] /m, /^(?:mysql|sqlite|postgres)> /im, /^(?:SELECT|INSERT|UPDATE|DELETE) (?:\d+ )?\d+$/m];
/** A clause alone is a piece of a statement. */
const CLAUSE = /^\s*(?:WHERE|FROM|GROUP|ORDER|HAVING|LIMIT|JOIN|LEFT|RIGHT|INNER|ON|AND|OR|SET|RETURNING|USING|PARTITION|WINDOW|OFFSET|AS|IN|CASE|WHEN|\()/i;

/** True where a refusal by PostgreSQL is no proof of a mistake. @param bare the text without the contents of strings and comments */
export function isForeign(bare: string): boolean {
  return CLAUSE.test(bare) || [...MARKS, ...STAND_INS, ...OUTPUT].some((mark) => mark.test(bare));
}

/** The text with strings and comments blanked, character for character. */
export function blankLiterals(text: string): string {
  return text.replaceAll(/--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[^]*?\$\1\$/g, (literal) => literal.replaceAll(/[^\n]/g, ' '));
}

/** Parameters as drivers write them (`:id`, `?`, `%s`, `@id`), and psql's own commands, made into what PostgreSQL reads: as long as before. */
export function fillParameters(text: string, bare: string): string {
  const filled = text.split('');
  const fill = (pattern: RegExp, by: (length: number) => string): void => {
    for (const match of bare.matchAll(pattern)) filled.splice(match.index, match[0].length, ...by(match[0].length));
  };
  fill(/(?<![:\w]):[a-z_]\w*|(?<!@)@[a-z_]\w*|%s|%\([a-z_]\w*\)s/gi, (length) => `$${'1'.repeat(Math.min(length - 1, 4))}`.padEnd(length));
  fill(/(?<=[=<>,(+*/-]\s*|\b(?:LIMIT|OFFSET|LIKE|AND|IN|BETWEEN)\s+)\?/gi, () => '0');
  fill(/^[ \t]*\\[a-z!?].*$/gim, (length) => ' '.repeat(length));
  return filled.join('');
}
