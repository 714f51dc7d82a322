import { alertmanagerConfig } from '../checkers/alertmanager-config.ts';
import { prometheusConfig } from '../checkers/prometheus-config.ts';
import { excuse, excuseIn, otherProduct, otherVersion } from './excuses.ts';
import { foreignKey } from './foreign-keys.ts';
import { askChecker } from './judge-with-checker.ts';
import type { Found, Judge, Outcome, Piece } from './model.ts';
import { find } from './rules.ts';

/** Prometheus' configuration, by promtool. */
export const judgePrometheus: Judge = async (pieces, context) => {
  const promtool = await context.tool('promtool');
  const found = await askChecker(prometheusConfig, pieces, () => ({ language: 'yaml', title: 'prometheus.yml' }), context);
  return new Map([...found.keys()].map((piece): [Piece, Outcome] => [piece, conclude(piece, found.get(piece) ?? [], promtool !== undefined, isCertainForPrometheus)]));
};

/** What promtool says of any file of its kind, whole or not. */
function isCertainForPrometheus({ message }: Found): string | undefined {
  const key = /^Found the key `([^`]+)`/.exec(message)?.[1];
  if (key?.endsWith('_sd_configs') === true) return 'the promtool here is built without service discoveries';
  return /^Found /.test(message) ? undefined : 'what promtool refuses may only be left out here';
}

/** Alertmanager's configuration, by amtool. Addresses that are to be filled in are filled in first: amtool stops at the first. */
export const judgeAlertmanager: Judge = async (pieces, context) => {
  const amtool = await context.tool('amtool');
  const whole = (piece: Piece): boolean => /^route\s*:/m.test(piece.text) && /^receivers\s*:/m.test(piece.text);
  const found = await askChecker(alertmanagerConfig, pieces, (piece) => ({ language: 'yaml', title: 'alertmanager.yml', text: toWholeAlertmanager(piece.text) }), context);
  return new Map([...found.keys()].map((piece): [Piece, Outcome] => {
    const own = (found.get(piece) ?? []).map((one) => pointAtChannel(one, piece.text));
    const variables = findVariables(piece, context.documents.find(({ file }) => file === piece.sample.block.page)?.source ?? '');
    const outcome = conclude(piece, own, amtool !== undefined, (one) => (whole(piece) ? isCertainForAlertmanager(one, piece) : doubtPart(one)));
    if (variables.length === 0) return [piece, outcome];
    return [piece, { kind: 'failed', depth: 'checked', found: [...variables, ...(outcome.kind === 'failed' ? outcome.found : [])] }];
  }));
};

function isCertainForAlertmanager({ message }: Found, { sample, text }: Piece): string | undefined {
  if (/^Found the key|a second time|expected a (?:list|duration)/.test(message)) return undefined;
  if (excuseIn(text) === 'something is left out') return 'something is left out';
  if (/^Found the receiver|time interval/.test(message)) return undefined;
  const isFile = sample.block.title !== undefined && /alertmanager|config\.ya?ml$/i.test(sample.block.title);
  return isFile && /refuses this: no \w+ .*\bset\b|root route|default receiver/.test(message) ? undefined : 'what amtool refuses may only be left out here';
}

/** Of a file of which only a part is shown, only what no other part can mend. */
function doubtPart({ message }: Found): string | undefined {
  return /^Found the key|a second time|expected a (?:list|duration)/.test(message) ? undefined : 'only a part of the file is shown';
}

/** `no Slack API URL … set` names no place: the first receiver of that kind is one. */
function pointAtChannel(found: Found, text: string): Found {
  const channel = /refuses this: no (?:global )?(\w+) .*\bset\b/.exec(found.message)?.[1]?.toLowerCase();
  const at = channel === undefined ? -1 : text.search(new RegExp(`\\b${channel}_configs\\s*:`));
  return at < 0 ? found : { ...found, offset: at, length: `${channel ?? ''}_configs`.length };
}

const ADDRESS = /^(\s*(?:- )?\w*(?:url|address|host|proxy)\w*\s*:\s*)(["']?)([^"'\n#]*(?:\$\{?\w+\}?|<[^>\n]+>|\{\{[^}\n]*\}\})[^"'\n#]*)\2/gm;

function fillAddresses(text: string): string {
  return text.replace(ADDRESS, (_, key: string) => `${key}http://sample.example/`);
}

/** A configuration that Alertmanager reads, made of what may be a part, with addresses filled in. Only adds lines below. */
export function toWholeAlertmanager(text: string): string {
  return complete(fillAddresses(text));
}

/** Alertmanager reads a part: receivers that it routes to are put below it, and a route above receivers. */
function complete(text: string): string {
  const names = [...new Set([...text.matchAll(/\breceiver\s*:\s*["']?([\w./ -]+?)["']?\s*(?:#.*)?$/gm)].map(([, name]) => name ?? ''))];
  const receivers = /^receivers\s*:/m.test(text) ? '' : `\nreceivers:\n- name: sample\n${names.map((name) => `- name: ${JSON.stringify(name)}\n`).join('')}`;
  const first = /^receivers\s*:[\s\S]*?\bname\s*:\s*["']?([^"'\n#]+?)["']?\s*(?:#.*)?$/m.exec(text)?.[1] ?? 'sample';
  const route = /^route\s*:/m.test(text) ? '' : `\nroute:\n  receiver: ${JSON.stringify(first)}\n`;
  return `${text}${route}${receivers}`;
}

/** `${NAME}` where an address belongs, in what is shown as the file itself, of a document that has nothing that would replace it. */
function findVariables({ sample, text, isGuess }: Piece, document: string): Found[] {
  if (isGuess === true || sample.block.title === undefined || /\benvsubst|\bsed -|\bhelm\b|\btemplat(?:e|ing) engine|\bansible\b|\bjinja\b|\bkustomize\b|\boperator\b|expand-env/i.test(document)) return [];
  return [...text.matchAll(/^\s*(?:- )?\w*url\w*\s*:\s*(["']?)(\$\{\w+\})\1\s*(?:#.*)?$/gm)].map((match) => {
    const name = match[2] ?? '';
    return find('unexpanded-variable', match.index + match[0].indexOf(name), name.length, `Found \`${name}\` as an address, expected one: Alertmanager expands no variables, and refuses the file. Use the key that ends in \`_file\`, or replace the text before it is read.`);
  });
}

/** From what a tool says of a piece to what may be said of the document. @param doubt why a finding need not be a fault */
export function conclude(piece: Piece, found: readonly Found[], hasTool: boolean, doubt: (found: Found) => string | undefined, hasLookAlikes = true): Outcome {
  if (found.length === 0) return hasTool ? { kind: 'passed', depth: 'checked' } : { kind: 'passed', depth: 'parsed' };
  const product = hasLookAlikes ? otherProduct(piece) ?? otherVersion(piece) : undefined;
  const doubts = found.map((one) => ({ one, why: product ?? foreignKey(one, piece.text) ?? doubt(one) ?? excuse({ ...piece, text: linesAt(piece.text, one) }) ?? excuseReference(piece.text) }));
  const certain = doubts.filter(({ why }) => why === undefined).map(({ one }) => one);
  if (certain.length > 0) return { kind: 'failed', depth: hasTool ? 'checked' : 'parsed', found: certain };
  return { kind: 'unknown', reason: `its tool refuses it, which need not be wrong: ${doubts[0]?.why ?? ''}` };
}

/** Reference notation and shortcodes make all of a text no sample. */
export function excuseReference(text: string): string | undefined {
  const reason = excuseIn(text);
  return reason === 'it is reference notation, no sample' || reason?.startsWith('a shortcode') === true ? reason : undefined;
}

/** The lines that a finding covers, and the one above. */
export function linesAt(text: string, { offset, length }: { readonly offset: number; readonly length: number }): string {
  const lineStart = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  const start = text.lastIndexOf('\n', Math.max(0, lineStart - 2)) + 1;
  const end = text.indexOf('\n', Math.min(text.length, offset + Math.min(length, 200)));
  return text.slice(start, end === -1 ? undefined : end);
}
