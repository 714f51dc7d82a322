import { throwIfInterrupted } from '../model/interruption.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Depth } from '../model/verdict.ts';
import { placeRange } from '../parse/index.ts';
import { excuseIn } from './excuses.ts';
import { YAML_KINDS } from './expand-yaml.ts';
import { judgeAlertmanager, judgePrometheus } from './judge-configs.ts';
import { judgeDockerfile, judgeFluent, judgeHttp, judgeKubernetes, judgeSql, withoutTags } from './judge-files.ts';
import { judgeRuleTests } from './judge-rule-tests.ts';
import { judgeCompose, judgeComposeServices } from './judge-compose.ts';
import { judgeExposition, judgeMermaid, judgePython } from './judge-code.ts';
import { judgeDashboard, judgeJson } from './judge-json.ts';
import { judgeLogql, judgePromql } from './judge-queries.ts';
import { judgeCollector, judgeLoki } from './judge-loki.ts';
import { judgeRules } from './judge-rules.ts';
import { judgeShell } from './judge-shell.ts';
import { loadPassed } from './load.ts';
import { judgeTypescript } from './judge-typescript.ts';
import type { Document, Found, Judge, Kind, Outcome, Piece, Sample, ScanContext, ScanVerdict } from './model.ts';
import { takeApart, type Apart } from './take-apart.ts';

const allPassed = (depth: 'parsed'): Judge => async (pieces) => new Map(pieces.map((piece): [Piece, Outcome] => [piece, { kind: 'passed', depth }]));
const unknown = (reason: string): Judge => async (pieces) => new Map(pieces.map((piece): [Piece, Outcome] => [piece, { kind: 'unknown', reason: `${reason}: ${piece.because}` }]));

const JUDGES: Readonly<Record<Kind, Judge>> = {
  promql: judgePromql, logql: judgeLogql, 'prometheus-config': judgePrometheus, rules: judgeRules, 'alertmanager-config': judgeAlertmanager, 'loki-config': judgeLoki, 'collector-config': judgeCollector,
  compose: judgeCompose, 'compose-services': judgeComposeServices, yaml: allPassed('parsed'), json: judgeJson, 'json-lines': judgeJson, dashboard: judgeDashboard, mermaid: judgeMermaid, shell: judgeShell,
  kubernetes: judgeKubernetes, dockerfile: judgeDockerfile, fluent: judgeFluent, sql: judgeSql, 'rule-tests': judgeRuleTests,
  typescript: judgeTypescript, python: judgePython, exposition: judgeExposition, http: judgeHttp, text: unknown('nothing judges it'),
};

/** Takes samples apart, has each part judged by the judge of its kind, all parts of a kind at once, and makes one verdict a sample. */
export async function scanDocuments(documents: readonly Document[], context: ScanContext): Promise<readonly ScanVerdict[]> {
  const apart = documents.flatMap(takeApart);
  const byKind = Map.groupBy(apart.flatMap(({ pieces }) => pieces), ({ kind }) => kind);
  const outcomes = new Map<Piece, Outcome>();
  await Promise.all([...byKind].map(async ([kind, pieces]) => {
    try {
      for (const [piece, outcome] of await loadPassed(kind, await JUDGES[kind](pieces, context), context)) outcomes.set(piece, soften(piece, outcome));
    } catch (error) {
      await throwIfInterrupted(context.signal);
      context.onBroken(error as Error);
    }
  }));
  return apart.map((one) => conclude(one, outcomes));
}

/** Where `...` and `<name>` are no syntax of their own. */
const TAKES_PLACEHOLDERS: readonly Kind[] = ['promql', 'logql', 'shell', 'http', 'sql', 'dockerfile', 'fluent', ...YAML_KINDS];

/** What is to be filled in has passed nothing, though a parser may read it: `<name>` is a text to YAML, and a file to a shell. */
function soften(piece: Piece, outcome: Outcome): Outcome {
  const open = outcome.kind === 'passed' && TAKES_PLACEHOLDERS.includes(piece.kind) ? excuseIn(withoutTags(piece.kind, piece.text)) : undefined;
  const speaks = piece.kind === 'yaml' ? /placeholder|left out|reference|template|shortcode|notes/ : /placeholder|left out|reference|shortcode/;
  return open === undefined || !speaks.test(open) ? outcome : { kind: 'unknown', reason: `it parses, and ${open}` };
}

/** Failed if a part is; else unknown if one is: a sample passes only as a whole. */
function conclude({ sample, pieces, found, unknown: reason }: Apart, outcomes: ReadonlyMap<Piece, Outcome>): ScanVerdict {
  const judged = pieces.map((piece) => ({ piece, outcome: outcomes.get(piece) ?? ({ kind: 'unknown', reason: 'the program that judges it broke; see the errors' } as const) }));
  const diagnostics = [
    ...found.map((one) => place(sample, one, 0)),
    ...judged.flatMap(({ piece, outcome }) => (outcome.found ?? []).map((one) => place(sample, one, piece.offset))),
  ];
  const open = reason ?? judged.flatMap(({ outcome }) => (outcome.kind === 'unknown' ? [outcome.reason] : []))[0];
  const failed = diagnostics.some(({ level }) => level === 'error');
  const depths = judged.map(({ outcome }) => (outcome.kind === 'unknown' ? 'parsed' : outcome.depth));
  return {
    sample, diagnostics, verdict: failed ? 'failed' : open === undefined && pieces.length > 0 ? 'passed' : 'unknown',
    depth: least(depths),
    reason: failed ? undefined : open ?? (pieces.length > 0 ? undefined : 'nothing of it can be judged'),
    guesses: pieces.map(({ kind, because }) => ({ kind, because })),
  };
}

/** A sample went as far as the least of its parts. */
function least(depths: readonly Depth[]): Depth {
  if (depths.length === 0 || depths.includes('parsed')) return 'parsed';
  return depths.includes('checked') ? 'checked' : 'ran';
}

function place({ block }: Sample, { rule, level, offset, length, message }: Found, from: number): Diagnostic {
  // What is never closed is mended at the fence, not at its text.
  const at = rule === 'scan/unclosed-fence' ? block.fence : placeRange(block, { offset: from + offset, length });
  return { ruleId: rule, level, message, place: at, related: [] };
}
