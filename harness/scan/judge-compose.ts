import { parseDocument } from 'yaml';
import { compose } from '../checkers/compose.ts';
import { excuseIn } from './excuses.ts';
import { conclude, linesAt } from './judge-configs.ts';
import { askChecker } from './judge-with-checker.ts';
import type { Found, Judge, Outcome, Piece } from './model.ts';
import { find } from './rules.ts';

type Services = Readonly<Record<string, { readonly networks?: unknown } | null>>;

/** Compose files, by the specification's schema. Names that are not defined count only in a file that defines others. */
export const judgeCompose: Judge = async (pieces, context) => {
  const found = await askChecker(compose, pieces, () => ({ language: 'yaml', title: 'compose.yaml' }), context);
  return new Map([...found].map(([piece, all]): [Piece, Outcome] => {
    const definesOthers = /^(?:networks|volumes|secrets|configs)\s*:/m.test(piece.text) && excuseIn(piece.text) !== 'something is left out';
    const own = all.filter(({ rule }) => rule !== 'compose/undefined-name' || definesOthers);
    return [piece, conclude(piece, own, true, (one) => excuseIn(linesAt(piece.text, one)), false)];
  }));
};

const SECTIONS = ['volumes', 'networks', 'secrets', 'configs'];

/** Services without the key above them: a part to be pasted, unless sections of the whole file stand beside them. */
export const judgeComposeServices: Judge = async (pieces, context) => new Map(pieces.map((piece): [Piece, Outcome] => {
  const value = (parseDocument(piece.text, { uniqueKeys: false, logLevel: 'silent' }).toJS({ maxAliasCount: 100 }) ?? {}) as Readonly<Record<string, unknown>>;
  const sections = SECTIONS.filter((name) => Object.hasOwn(value, name));
  const names = Object.keys(value).filter((name) => !SECTIONS.includes(name) && !['version', 'name'].includes(name) && !name.startsWith('x-'));
  if (sections.length === 0) return [piece, judgePart(piece, value as Services, pieces, context.documents.find(({ file }) => file === piece.sample.block.page)?.source ?? '')];
  const found = [...names.slice(0, 1).map((name) => misplaced(piece.text, name, sections[0] ?? '')), ...findNetworks(piece.text, Object.fromEntries(names.map((name) => [name, value[name]])) as Services, value['networks'])];
  return [piece, conclude(piece, found, false, () => undefined, false)];
}));

/** Of a part, only the network that another sample of its document misses too, and none defines. */
function judgePart(piece: Piece, services: Services, all: readonly Piece[], document: string): Outcome {
  const missed = (name: string): boolean => !new RegExp(`^networks\\s*:[^\\n]*\\n(?:[ \\t]+[^\\n]*\\n)*?[ \\t]+["']?${escape(name)}["']?\\s*:`, 'm').test(document)
    && all.some((other) => other !== piece && other.sample.block.page === piece.sample.block.page && SECTIONS.some((section) => new RegExp(`^${section}\\s*:`, 'm').test(other.text)) && new RegExp(`^\\s+- ["']?${escape(name)}["']?\\s*$`, 'm').test(other.text));
  const found = findNetworks(piece.text, services, undefined).filter(({ offset, length }) => missed(piece.text.slice(offset, offset + length)));
  const outcome = conclude(piece, found, false, () => undefined, false);
  return outcome.kind === 'failed' ? outcome : { kind: 'unknown', reason: 'it is a part of a Compose file, without the `services` above it' };
}

const escape = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function misplaced(text: string, name: string, section: string): Found {
  const at = text.search(new RegExp(`^${escape(name)}\\s*:`, 'm'));
  return find('services-missing', Math.max(0, at), name.length, `Found the service \`${name}\` beside \`${section}\`, expected it below \`services:\`. Compose refuses the file so, and pasted below \`services:\` it makes a service of \`${section}\`. Write \`services:\` above it and indent it.`);
}

function findNetworks(text: string, services: Services, defined: unknown): Found[] {
  const known = new Set(Object.keys((defined ?? {}) as object));
  return Object.values(services).flatMap((service) => {
    const networks = Array.isArray(service?.networks) ? service.networks.map(String) : Object.keys((service?.networks ?? {}) as object);
    return networks.filter((name) => name !== 'default' && !known.has(name));
  }).flatMap((name, index, all) => {
    const places = [...text.matchAll(new RegExp(`^\\s+(?:- )?["']?${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}["']?\\s*:?\\s*$`, 'gm'))];
    const place = places[all.slice(0, index).filter((one) => one === name).length];
    if (place === undefined) return [];
    return [find('undefined-network', place.index + place[0].indexOf(name), name.length, `Found the network \`${name}\`, which the file does not define, although it defines other sections. Define it below \`networks:\`.`)];
  });
}
