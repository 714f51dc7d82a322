import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { Block, Page } from '../model/block.ts';
import type { Place } from '../model/place.ts';
import { withUniqueNames } from './block.ts';
import { readExpectation } from './expectation.ts';
import { openYaml, placeOf, readFields, readItems, report } from './incident-yaml.ts';
import { pictureOf } from './incident-picture.ts';

/** Where incident files are, and the page that each is: `snippets/incidents/checkout-lag.yaml` → `incidents/checkout-lag`. */
export const INCIDENT_FILE = /^snippets\/incidents\/([^/]+)\.yaml$/;

/**
 * Reads an incident file as a page: each expectation is a block that asks the incident's dataset, and a first block asks for the picture of it.
 * A file without expectations has no block. What the simulator reads of the file is for the simulator to judge; what is wrong with
 * the expectations is in `diagnostics` (`incident/not-valid`). The frontmatter is the file's own top level, with `dataset`.
 */
export function parseIncidentPage(root: string, file: string, source: string): Page {
  const id = `incidents/${basename(file, '.yaml')}`;
  const yaml = openYaml(file, source);
  if (yaml.diagnostics.length > 0) return { id, file, frontmatter: {}, blocks: [], diagnostics: yaml.diagnostics };
  const fields = readFields(yaml, yaml.document.contents, 'an incident');
  const frontmatter = { ...(yaml.document.toJS() as Record<string, unknown> | null), dataset: basename(file, '.yaml') };
  const keys = new Map<string, Place>([...fields].map(([name, { key }]) => [name, placeOf(yaml, key.range)]));
  const expectations = fields.get('expectations');
  if (expectations === undefined) return { id, file, frontmatter, keys, blocks: [], diagnostics: yaml.diagnostics };
  if (!fields.has('story')) report(yaml, expectations.key.range, 'Found expectations without a story, expected two or three sentences for teachers on what happened and what was learnt. Add `story: |`.');
  const place = placeOf(yaml, fields.get('title')?.value?.range ?? [0, 0]);
  const picture = pictureOf(id, place, frontmatter, hasDatabase(root, frontmatter));
  const read = readItems(yaml, expectations.value, 'expectations').flatMap((item) => readExpectation(item, { root, page: id, yaml }) ?? []);
  const all = [...(picture === undefined ? [] : [picture]), ...read].map((block, ordinal): Block => ({ ...block, ordinal }));
  const { blocks, diagnostics } = withUniqueNames(all);
  // What the dataset is made from is all over the file: a mistake in it says its own place.
  return { id, file, frontmatter, keys: new Map([...keys, ['dataset', place]]), blocks, diagnostics: [...yaml.diagnostics, ...diagnostics] };
}

/** Services may come from the shop that the file names. What is wrong with that one is for the simulator to say. */
function hasDatabase(root: string, fields: Readonly<Record<string, unknown>>): boolean {
  const shop = join(root, `snippets/incidents/shops/${String(fields['shop'])}.yaml`);
  const all = [fields, ...(fields['shop'] !== undefined && existsSync(shop) ? [readShop(shop)] : [])];
  return all.some(({ services }) => typeof services === 'object' && services !== null && Object.values(services).some((service) => typeof service === 'object' && service !== null && 'database' in service));
}

function readShop(file: string): Readonly<Record<string, unknown>> {
  try {
    return (parse(readFileSync(file, 'utf8')) ?? {}) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
