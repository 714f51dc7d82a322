import { excuseIn } from './excuses.ts';
import { conclude, toWholeAlertmanager } from './judge-configs.ts';
import { isWholeLoki } from './judge-loki.ts';
import { present } from './judge-rules.ts';
import type { Kind, Outcome, Piece, ScanContext } from './model.ts';
import { find } from './rules.ts';

/** How a piece is shown to its server; undefined for a part that only its whole file can load. */
const SHOWN: Readonly<Partial<Record<Kind, (piece: Piece) => string | undefined>>> = {
  'prometheus-config': ({ text }) => text,
  rules: (piece) => present(piece).text ?? piece.text,
  'alertmanager-config': ({ text }) => toWholeAlertmanager(text),
  // Without a schema Loki panics, and with one of ours it is not the file that is tried.
  'loki-config': ({ text }) => (isWholeLoki(text) ? text : undefined),
  'collector-config': ({ text }) => (['receivers', 'exporters', 'service'].every((section) => new RegExp(`^${section}\\s*:`, 'm').test(text)) ? text : undefined),
};
/** What only the place is to blame for in which it is tried, by kind and for all. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/no such file|permission denied|\bopen \/|\bstat \/|read-only file system|is a directory/i, 'it names a file that is not here'],
  [/still answers|\blookup\b|no such host|connection refused|dial (?:tcp|udp)|i\/o timeout|deadline exceeded|cannot assign requested address|network is unreachable|memberlist|credential|metadata service|no useable address|kubeconfig|in-cluster/i, 'it needs something beyond it that is not here'],
  [/unknown type: /, 'the Collector here has only some of the components'],
];

/** What passed so far is loaded by its real server, where there is one: it has run then, or is refused in the server's words. */
export async function loadPassed(kind: Kind, outcomes: ReadonlyMap<Piece, Outcome>, { loader, signal }: ScanContext): Promise<ReadonlyMap<Piece, Outcome>> {
  const show = SHOWN[kind];
  if (loader === undefined || show === undefined || !loader.kinds.includes(kind)) return outcomes;
  const shown = [...outcomes].flatMap(([piece, { kind: verdict }]) => {
    const text = verdict === 'passed' && excuseIn(piece.text) === undefined ? show(piece) : undefined;
    return text === undefined ? [] : [{ piece, text }];
  });
  const said = shown.length === 0 ? [] : await loader.load(kind, shown.map(({ text }) => text), signal);
  return new Map([...outcomes, ...shown.map(({ piece }, index): [Piece, Outcome] => [piece, judge(piece, said[index])])]);
}

function judge(piece: Piece, refusal: string | undefined): Outcome {
  if (refusal === undefined) return { kind: 'passed', depth: 'ran' };
  const found = find('does-not-load', 0, Math.max(1, piece.text.split('\n')[0]?.length ?? 1), `Found a file that its server refuses when it loads it: ${refusal.replace(/\.?$/, '.')} Correct it.`);
  const elsewhere = ELSEWHERE.find(([words]) => words.test(refusal))?.[1];
  return conclude(piece, [found], true, () => elsewhere);
}
