import { isCollection, parseAllDocuments, visit, type Document } from 'yaml';
import type { Block } from '../model/block.ts';
import { defineChecker, type CheckContext, type Finding } from '../model/checker.ts';
import type { Rule } from '../model/diagnostic.ts';
import { judgeAgreement } from './kubernetes/agreement.ts';
import { judgeFields } from './kubernetes/fields.ts';
import { readManifest, type Manifest } from './kubernetes/manifest.ts';
import { wholeBlock } from './support/ranges.ts';
import { findYamlMistake } from './support/yaml-value.ts';

const rules = {
  'syntax-error': { level: 'error', summary: 'The file is not YAML.' },
  'invalid-field': { level: 'error', summary: 'The API server refuses a field, its value or its absence.' },
  'removed-api': { level: 'error', summary: 'The manifest is written for an API that clusters no longer serve.' },
  'unmatched-selector': { level: 'error', summary: 'A selector asks for a label that no pod template has.' },
  'unknown-port': { level: 'error', summary: 'A port is named that no container, or no service, names so.' },
} as const satisfies Readonly<Record<string, Rule>>;
type Found = Omit<Finding<keyof typeof rules>, 'block'>;

const TITLE = /^k8s\/.*\.ya?ml$|\.k8s\.ya?ml$/;

/** Kubernetes manifests: the schema of each kind, and that selectors and port names of one page fit. Custom kinds are left alone. Never applied to a cluster. */
export const kubernetes = defineChecker({
  name: 'kubernetes',
  languages: ['yaml', 'yml'],
  titles: ['k8s/*.yml', 'k8s/*.yaml', '*.k8s.yml', '*.k8s.yaml'],
  recognises: isManifest,
  attributes: [],
  rules,
  async check(blocks, context) {
    const found = await Promise.all(blocks.map(async (block) => (await checkBlock(block, context)).map((one) => ({ block, ...one }))));
    return found.flat();
  },
});

/** By what stands in it: `apiVersion` and `kind` at the margin. */
function isManifest({ text }: Block): boolean {
  return /^apiVersion:[ \t]*\S/m.test(text) && /^kind:[ \t]*["']?[A-Z]/m.test(text);
}

async function checkBlock(block: Block, context: CheckContext): Promise<Found[]> {
  const documents = readDocuments(block);
  const isWithMistake = documents.some((document) => document.errors.length > 0);
  // A chart's template is no manifest before it is filled.
  if (documents.some(isTemplate) || (isWithMistake && /\{\{|\{%/.test(block.text))) return [];
  const mistakes = documents.flatMap((document) => findYamlMistake(block.text, document) ?? []);
  if (mistakes[0] !== undefined) return [{ rule: 'syntax-error', ...mistakes[0] }];
  const file = manifestsOf(block);
  if (file.length === 0) return [{ rule: 'invalid-field', range: wholeBlock(block), message: 'Found no map with `apiVersion` and `kind`, expected a manifest. Begin with them.' }];
  const page = context.allBlocks.filter((other) => other !== block && other.page === block.page && (isManifest(other) || TITLE.test(other.title ?? ''))).flatMap(manifestsOf);
  const isWhole = TITLE.test(block.title ?? '');
  const fields = await Promise.all(file.map((manifest) => judgeFields(manifest, isWhole)));
  return [...fields.flat(), ...file.flatMap((manifest) => judgeAgreement(manifest, { file, page: [...file, ...page] }))];
}

/** `{{ .Values.name }}` is a map as a key to YAML. */
function isTemplate(document: Document): boolean {
  let found = false;
  visit(document, { Pair: (_, { key }) => { found ||= isCollection(key); } });
  return found;
}

function readDocuments(block: Block): readonly Document[] {
  const documents = parseAllDocuments(block.text, { prettyErrors: false, merge: true });
  return Array.isArray(documents) ? documents : [];
}

/** Each block is held against all others of its page: they are read once. */
const read = new WeakMap<Block, readonly Manifest[]>();

function manifestsOf(block: Block): readonly Manifest[] {
  const known = read.get(block);
  if (known !== undefined) return known;
  const manifests = readDocuments(block).flatMap((document) => (isTemplate(document) || findYamlMistake(block.text, document) !== undefined ? [] : readManifest(block, document) ?? []));
  read.set(block, manifests);
  return manifests;
}
