import { dockerfile } from '../checkers/dockerfile.ts';
import { fluent } from '../checkers/fluent.ts';
import { http } from '../checkers/http.ts';
import { kubernetes } from '../checkers/kubernetes.ts';
import { kindsOf } from '../checkers/kubernetes/models.ts';
import { sql } from '../checkers/sql.ts';
import { blankLiterals, fillParameters } from '../checkers/sql/foreign.ts';
import type { Checker } from '../model/checker.ts';
import type { Depth } from '../model/verdict.ts';
import { excuse, otherVersion } from './excuses.ts';
import { linesAt } from './judge-configs.ts';
import { askChecker, type Presentation } from './judge-with-checker.ts';
import type { Found, Judge, Kind, Outcome, Piece } from './model.ts';

/** What a checker of the course needs to judge files of its kind anywhere. */
interface Asked {
  readonly checker: Checker;
  readonly present: (piece: Piece) => Presentation;
  /** Of what it takes. */
  readonly depthOf: (piece: Piece) => Depth;
  /** Why a finding need not be a fault, beside what holds for all kinds. */
  readonly doubt?: (piece: Piece, found: Found) => string | undefined;
}

/** Warnings stay; an error is a fault where neither its lines nor the words around excuse it. */
function judgeBy({ checker, present, depthOf, doubt }: Asked): Judge {
  return async (pieces, context) => {
    const found = await askChecker(checker, pieces, present, context);
    return new Map([...found].map(([piece, all]): [Piece, Outcome] => {
      const doubts = all.filter(({ level }) => level === 'error').map((one) => ({ one, why: doubt?.(piece, one) ?? excuse({ ...piece, text: withoutTags(piece.kind, around(piece.text, one)) }) }));
      const certain = doubts.filter(({ why }) => why === undefined).map(({ one }) => one);
      const warnings = excuse({ ...piece, text: withoutTags(piece.kind, piece.text) }) === undefined ? all.filter(({ level }) => level === 'warning') : [];
      if (certain.length > 0) return [piece, { kind: 'failed', depth: depthOf(piece), found: [...certain, ...warnings] }];
      if (doubts.length > 0) return [piece, { kind: 'unknown', reason: `${checker.name} says something against it, which need not be wrong: ${doubts[0]?.why ?? ''}` }];
      return [piece, { kind: 'passed', depth: depthOf(piece), found: warnings }];
    }));
  };
}

/** The lines of a finding; of a map or list, also what stands below its key. */
function around(text: string, found: Found): string {
  if (!/^Found a (?:list|map)/.test(found.message)) return linesAt(text, found);
  const end = text.indexOf('\n', found.offset);
  return linesAt(text, { offset: found.offset, length: Math.max(found.length, end < 0 ? 0 : end - found.offset + 1) });
}

/** Manifests, by the schema of their kind. They may be patches: nobody asks what they lack. Other kinds than a cluster's own are only parsed. */
export const judgeKubernetes = judgeBy({
  checker: kubernetes,
  present: () => ({ language: 'yaml' }),
  depthOf: ({ text }) => (isOfCluster(/^apiVersion:\s*["']?([^\s"'#]+)/m.exec(text)?.[1] ?? '') ? 'checked' : 'parsed'),
  doubt: (piece, found) => otherVersion(piece) ?? (/^Found `[A-Z][A-Z0-9_-]{3,}`/.test(found.message) || /:\s*(?:\[[a-z][a-z0-9]*(?:[_ -][a-z0-9]+)+\]|\{[a-z]+\}|\S*base64\S*)\s*$/im.test(linesAt(piece.text, found)) ? 'a placeholder is to be filled in' : undefined),
});

const ofCluster = new Map<string, boolean>();

/** Remembered: it means reading hundreds of files. */
function isOfCluster(apiVersion: string): boolean {
  const known = ofCluster.get(apiVersion) ?? kindsOf(apiVersion).length > 0;
  ofCluster.set(apiVersion, known);
  return known;
}

/** Dockerfiles, also parts of them: what Docker refuses. */
export const judgeDockerfile = judgeBy({
  checker: dockerfile, present: () => ({ language: 'dockerfile' }), depthOf: () => 'parsed',
  doubt: (_, { rule, message }) => {
    if (/`INSTRUCTION`|Invalid signal: signal/.test(message)) return 'a placeholder is to be filled in';
    return rule === 'dockerfile/unknown-stage' && !/Did you mean|the stage itself|stands below/.test(message) ? 'it may be an image, or a context that the command line names' : undefined;
  },
});

/** Fluent Bit and Fluentd: sections, plugins and keys by name. Which tag reaches what may stand in another file. */
export const judgeFluent = judgeBy({ checker: fluent, present: ({ text }) => ({ language: 'ini', title: fluentTitle(text) }), depthOf: () => 'checked' });

function fluentTitle(text: string): string {
  if (/^\s*<(?:source|match|filter|label|system)\b/m.test(text)) return 'fluent.conf';
  return /^\s*\[[A-Z_]+\]/m.test(text) ? 'fluent-bit.conf' : 'fluent-bit.yaml';
}

const judgeTaggedHttp = judgeBy({
  checker: http, present: () => ({ language: 'http' }), depthOf: () => 'parsed',
  doubt: (_, { message }) => (/^Found `\d{3}\b/.test(message) ? 'it is a short form of a status line' : undefined),
});

/** Requests and responses, where their tag says that they are: else they may be lists of addresses, or what a console takes. */
export const judgeHttp: Judge = async (pieces, context) => new Map([
  ...pieces.filter(({ isGuess }) => isGuess === true).map((piece): [Piece, Outcome] => [piece, { kind: 'unknown', reason: `its tag is not http, although ${piece.because}` }]),
  ...await judgeTaggedHttp(pieces.filter(({ isGuess }) => isGuess !== true), context),
]);

/** SQL by PostgreSQL's grammar. Another dialect may take what that refuses: only a word that is nearly a keyword is wrong in all. */
const judgeAsPostgres = judgeBy({
  checker: sql, present: () => ({ language: 'sql' }), depthOf: () => 'parsed',
  doubt: ({ sample }, { message }) => {
    if (/^Found `(?:user|role|table)`/i.test(message)) return 'a placeholder is to be filled in';
    const [, found = '', meant = ''] = /^Found `(\w+)`.*Did you mean `(\w+)`/.exec(message) ?? [];
    // A table may be called orders.
    if (meant !== '' && found.toUpperCase() !== `${meant}S`) return undefined;
    return /postgres|pgsql|psql|timescale/i.test(`${sample.info}\n${sample.before}\n${sample.heading}\n${sample.block.page}`) ? undefined : DIALECT;
  },
});
const DIALECT = 'it may be another dialect of SQL';

export const judgeSql: Judge = async (pieces, context) => {
  const outcomes = await judgeAsPostgres(pieces, context);
  // What the checker is silent about need not have been read.
  return new Map(await Promise.all([...outcomes].map(async ([piece, outcome]): Promise<[Piece, Outcome]> => [piece, outcome.kind === 'passed' && !await isPostgres(piece.text) ? { kind: 'unknown', reason: DIALECT } : outcome])));
};

async function isPostgres(text: string): Promise<boolean> {
  const { parse } = await import('libpg-query');
  return parse(fillParameters(text, blankLiterals(text))).then(() => true, () => false);
}

/** `<source>` is a placeholder to all but Fluentd. */
export function withoutTags(kind: Kind, text: string): string {
  return kind === 'fluent' ? text.replace(/^\s*<\/?[a-z]\w*[^>\n]*>\s*$/gm, '') : text;
}
