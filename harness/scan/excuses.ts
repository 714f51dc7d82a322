import type { Piece } from './model.ts';

/** Why a refusal would say nothing about what its author meant, as half a sentence. */
const IN_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\{\{[<%]|<[?%]|--8<--|^\s*@(?:include|import|snippet)\b|\{!.*!\}|\binclude::|^\s*:::|<!--|^\s*<<<|\bliteralinclude\b|\{@/m, 'a shortcode or an include stands in it'],
  [/\{\{|\{%-?|\$__\w+|\$\$\{?\w|\[\[\s*\.?\w+\s*\]\]|\$\(\w+\)|%\(\w+\)s|@@\w+@@|\$\{\{/, 'a template fills it in'],
  [/\$\{[^}]*\}|(?<![\w$'"\\])\$[A-Z][A-Z0-9_]{2,}\b|%[A-Z][A-Z_]{2,}%/, 'a variable is to be filled in'],
  [/^\s*\[\s*-?\s*[\w<][^\]\n]*(?::|<)[^\n]*|\|\s*default\s*=|<(?:string|int|boolean|bool|duration|float|regex|labelname)>|\(default\s*[=:]/m, 'it is reference notation, no sample'],
  [/<[A-Za-z][\w .,:'/|-]*>|<\.{3}>|\byour[-_ ]?\w+|\bYOUR_?\w*|\bCHANGE_?ME\b|\bREPLACE_?\w*|\b(?:x{3,}|X{3,})\b|\{your[^}]*\}|\[your[^\]]*\]|\bmy-(?:org|company|domain)\b|\bTODO\b|<(?:\.{0,2}|~)\/[\w.-]+(?:\/[\w.-]+)+>|\{[a-z]\w*_\w+\}|:\s*@\w+@|\bFIXME\b|_{2,}[A-Z]+_{2,}|\{[A-Za-z]+(?:[ -][A-Za-z]+)+\}|\{[A-Z][A-Z0-9_]+\}|##\w+##|:\/\/[A-Z]{4,}\b/, 'a placeholder is to be filled in'],
  [/\.{3}|…|\[\s*snip\s*\]|<snip>|,? etc\.|\b(?:truncated|omitted|snipped|rest of|existing (?:config|code))\b|⋮|\(\.\.\)|-\s*8<\s*-|✂/i, 'something is left out'],
  [/<-{1,}\s|<={2,}|←|⬅|👈|[\u2460-\u24FF\u2776-\u2793\u3251-\u325F]|\^\^+|<--|^\s*-{3,}>|\(\d+\)\s*$|^\s*(?:==|--)>\s|✅|❌|⚠/m, 'notes stand among it'],
];
const WRONG = /\b(?:wrong|bad|invalid|incorrect|broken|don'?t|do not|avoid|won'?t work|do(?:es)? ?n[o']t work|fails? (?:with|to (?:parse|load|start|compile))|not (?:valid|allowed|supported|possible|work)|mistake|anti-?pattern|illegal|never do|error message|produces? an error|malformed|unsupported|deprecated|legacy|pseudo-?\w*|not like this|upgrad\w+|migrat\w+|removed|renamed|obsolete|no longer|formerly|previously|common errors|(?:parse|parsing|syntax) errors?|pitfalls?|mistakes|gotchas?|quiz|which of these|find the (?:bug|error|fault))\b|❌|👎|✗|✘/i;

/** What is in the text that its author did not mean for the tool; undefined when it is meant as it stands. */
export function excuseIn(text: string): string | undefined {
  return IN_TEXT.find(([pattern]) => pattern.test(text))?.[1];
}

/** The same, and what the words around say: a sample shown as a mistake is right in being one. */
export function excuse(piece: Piece): string | undefined {
  const { sample, text } = piece;
  if (piece.isGuess === true) return `it is only taken for ${piece.kind}: ${piece.because}`;
  if (sample.container !== 'fence') return 'it stands outside a fence, where a dialect may have changed it';
  const comments = [...text.matchAll(/(?:^|\s)(?:#|\/\/)\s(.*)$/gm)].map(([, words]) => words ?? '').join('\n');
  if (/\b(?:rejects|compile_fail|should_panic|bad|wrong|invalid|error|errors|fails?|ignore)\b/i.test(sample.info.replace(/^\S+/, ''))) return 'it is marked as wrong on its fence';
  if (/upgrad|migrat|changelog|release[-_]notes|deprecat|breaking/i.test(sample.block.page)) return 'the document is about other versions';
  if (WRONG.test(sample.before) || WRONG.test(sample.headings) || WRONG.test(comments)) return 'the words around it call something wrong';
  if (/^[^`#|]{0,80}\b(?:results? in|errors?|fails?|failed|refuse[sd]?)\b/i.test(sample.after)) return 'what follows tells of a failure';
  return excuseIn(text) ?? findOddCharacter(text);
}

/** Characters of word processors where code has others. */
const ODD: readonly (readonly [RegExp, string])[] = [
  [/[\u200B-\u200F\u2060\uFEFF\u00AD]/, 'an invisible character stands in it'],
  [/[“”„‘’«»]/, 'typographic quotes stand in it'],
  [/\u00A0/, 'a space that does not break stands in it'],
];

export function findOddCharacter(text: string): string | undefined {
  return ODD.find(([pattern]) => pattern.test(text))?.[1];
}

/** Paths of blogs, and of documentation that is kept for older versions. */
const DATED = /(?:^|\/)(?:blogs?|posts?|news|archived?|versioned_docs|release-\d[\w.]*|v?\d+\.\d+(?:\.\w+)?)\/|(?:^|\/)_?\d{4}-\d\d-\d\d/;

/** The version that the words around speak of: programs of another may read what ours refuse. */
export function otherVersion({ sample }: Piece): string | undefined {
  if (DATED.test(sample.block.page)) return 'the document is of its day, or of another version, as its path says';
  return /\bv?\d+\.\d+(?:\.\d+)?\b/.test(`${sample.before}\n${sample.heading}`) ? 'it may be for another version, which the words around name' : undefined;
}

/** Whether the words directly above call it what a program prints. */
export function isAnswer({ sample }: Piece): boolean {
  return /\b(?:outputs?|prints?|printed|returns?|returned|respon[sd]\w*|results?|looks? (?:\w+ )?like|similar to|should (?:\w+ )?see|you(?:'ll| will) see|displays?|shows? the following)\b[^\n]*$/i.test(sample.before);
}

/** Products whose files look like those of Prometheus or Loki and are others'. */
const OTHERS = /\b(?:vmagent|vmalert|victoria ?metrics|thanos|cortex|mimir|tempo|pyroscope|promtail|grafana[- ]agent|alloy|telegraf|m3|datadog|operator|prometheusrule|servicemonitor|helm|values\.ya?ml|kube-prometheus|ansible|terraform|amazon|azure|openshift)\b/i;

/** Which other product the words around or the document's subject name; its files have keys of its own. Not of headings between: below one on tracing with Tempo stand Prometheus' files, too. */
export function otherProduct({ sample, text }: Piece): string | undefined {
  const named = OTHERS.exec(`${sample.before}\n${sample.heading}\n${sample.subject}\n${sample.block.title ?? ''}\n${sample.block.page}\n${text}`)?.[0];
  return named === undefined ? undefined : `it may be a file of ${named}, which has keys of its own`;
}
