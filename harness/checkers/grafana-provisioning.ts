import { isMap, isScalar, parseDocument, visit, type Document } from 'yaml';
import { isDataSourceFile, readDataSources } from '../dashboard/data-sources.ts';
import type { Block } from '../model/block.ts';
import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import type { Rule } from '../model/diagnostic.ts';
import type { TextRange } from '../model/place.ts';
import { mapScalar } from '../rule-file/scalar-offsets.ts';
import { keyRange, valueRange, type Path } from './compose/positions.ts';
import { judgeLinks, type RawSource } from './grafana-provisioning/links.ts';
import { judgeFields } from './grafana-provisioning/schema.ts';
import { judgeAmbiguity, judgeProviders, judgeUrl, readServices } from './grafana-provisioning/sources.ts';
import { wholeBlock } from './support/ranges.ts';
import { findWorld } from './support/world.ts';
import { findYamlMistake } from './support/yaml-value.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'The file is not YAML.' },
  'invalid-field': { level: 'error', summary: 'A key or value is none that Grafana reads there.' },
  'wrong-url': { level: 'error', summary: "A data source is not where the course's stack has it." },
  'ambiguous': { level: 'error', summary: 'Two data sources have one name or uid, or not exactly one is the default.' },
  'unresolved-link': { level: 'error', summary: 'A link between signals names a data source that is not there, or one of another kind.' },
  'unmatched': { level: 'error', summary: 'A link hangs on a regular expression or a label that nothing in the dataset has.' },
  'unescaped-dollar': { level: 'error', summary: 'A `$` is taken for a variable of the environment.' },
  'not-mounted': { level: 'error', summary: "Dashboards are looked for in a folder that the page's Grafana does not have." },
  'obsolete': { level: 'error', summary: 'A setting has a successor.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = Omit<Finding<keyof typeof rules>, 'block'>;

/** What Grafana reads at its start: data sources, with the links between signals, and where dashboards lie. Never started: Grafana is not among the images. */
export const grafanaProvisioning = defineChecker({
  name: 'grafana-provisioning',
  languages: ['yaml', 'yml', 'json'],
  titles: ['datasources*.yml', 'datasources*.yaml', 'provisioning/datasources/*.yml', 'provisioning/datasources/*.yaml', 'provisioning/dashboards/*.yml', 'provisioning/dashboards/*.yaml'],
  recognises: (block) => isDataSourceFile(block) || isProviderFile(block),
  attributes: ['dataset'],
  rules,
  async check(blocks, context) {
    const found = await Promise.all(blocks.map(async (block) => (await checkBlock(block, context)).map((one) => ({ block, ...one }))));
    return found.flat();
  },
});

function isProviderFile({ title, text }: Block): boolean {
  return /(?:^|\/)dashboards\/[^/]+\.ya?ml$/.test(title ?? '') || /^providers:[ \t]*\n(?:[ \t]*(?:#.*)?\n)*[ \t]*- /m.test(text) && /^\s*(?:path|folder):/m.test(text);
}

async function checkBlock(block: Block, context: CheckContext): Promise<Found[]> {
  const document = parseDocument(block.text, { prettyErrors: false, merge: true });
  const mistake = findYamlMistake(block.text, document);
  if (mistake !== undefined) return [{ rule: 'syntax-error', ...mistake }];
  const value: unknown = document.toJS();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ rule: 'invalid-field', range: wholeBlock(block), message: 'Found no map, expected a provisioning file. Begin with `apiVersion: 1`.' }];
  const kind = 'providers' in value || (isProviderFile(block) && !('datasources' in value)) ? 'providers' : 'datasources';
  const rangeAt = (path: Path, atKey = false) => placeOf(document, path, atKey);
  const fields = (await judgeFields(kind, value)).map(({ path, atKey, message }): Found => ({ rule: 'invalid-field', range: rangeAt(path, atKey), message }));
  const judged = kind === 'datasources' ? judgeSources(block, value, context) : judgeProviders(value, readServices(block.page, context.allBlocks));
  const others = judged.map(({ rule, path, atKey, message }): Found => ({ rule, range: rangeAt(path, atKey), message }));
  return [...judgeTitle(block), ...fields, ...others, ...judgeDollars(block.text, document)];
}

/** An entry of a list has no key: its first one stands for it. */
function placeOf(document: Document, path: Path, atKey: boolean): TextRange {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  const first = isMap(node) && (path.length === 0 || typeof path.at(-1) === 'number') ? node.items[0]?.key : undefined;
  if (isScalar(first)) return keyRange(document, [...path, String(first.value)]);
  return (atKey ? keyRange : valueRange)(document, path);
}

function judgeTitle(block: Block): Found[] {
  if (block.title?.endsWith('.json') !== true) return [];
  return [{ rule: 'invalid-field', range: wholeBlock(block), message: `Found the file name \`${block.title}\`, expected one that ends in \`.yaml\`: Grafana reads no other under \`provisioning\`. Write YAML.` }];
}

function judgeSources(block: Block, value: object, context: CheckContext) {
  const { datasources } = value as { readonly datasources?: unknown };
  const sources = (Array.isArray(datasources) ? datasources : []).map((one: unknown): RawSource => (typeof one === 'object' && one !== null ? (one as RawSource) : {}));
  // A JSON file is no block of YAML, and knows at least itself.
  const known = readDataSources(block.page, [...context.allBlocks.filter((other) => other !== block), { ...block, language: 'yaml' }]);
  const world = findWorld(block, context);
  const dataset = world.kind === 'dataset' ? world.dataset : undefined;
  const services = readServices(block.page, context.allBlocks);
  return [
    ...judgeAmbiguity(sources),
    ...sources.flatMap((source, index) => [...judgeUrl(source, ['datasources', index], services), ...judgeLinks(source, ['datasources', index], known, dataset)]),
  ];
}

/** Grafana fills in variables of its environment: `${__value.raw}` becomes nothing. Names in capitals are meant so. */
function judgeDollars(text: string, document: Document): Found[] {
  const found: Found[] = [];
  visit(document, {
    Scalar: (_, node) => {
      if (!isScalar(node) || typeof node.value !== 'string' || node.range == null) return;
      const locate = mapScalar(text, { offset: node.range[0], length: node.range[1] - node.range[0] }, node.value);
      for (const match of node.value.matchAll(/\$\$|\$(?:__(?:file|env|vault)\{[^}]*\}|\{([^}]*)\}|(\w+))/g)) {
        const name = match[1] ?? match[2];
        if (name === undefined || /^[A-Z][A-Z0-9_]*$/.test(name)) continue;
        found.push({ rule: 'unescaped-dollar', range: locate({ offset: match.index, length: match[0].length }), message: `Found \`${match[0]}\`, expected \`$${match[0]}\`: Grafana takes it for a variable of its environment, and nothing stays of it. Write \`$$\`.` });
      }
    },
  });
  return found;
}
