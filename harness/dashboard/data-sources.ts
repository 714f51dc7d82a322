import { parseDocument } from 'yaml';
import type { Block } from '../model/block.ts';
import type { DataSource } from './model.ts';

const TITLE = /(?:^|\/)datasources?(?:[-.\w]*)\.ya?ml$|(?:^|\/)datasources\/[^/]+\.ya?ml$/;
/** Also as JSON, which is YAML too. */
const LIST = /^datasources:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*[ \t]*- |^\s*\{\s*(?:"apiVersion"\s*:\s*\d+\s*,\s*)?"datasources"\s*:\s*\[/m;

/** True for a block that provisions data sources, by its title or by what stands in it. */
export function isDataSourceFile({ title, text }: Block): boolean {
  return (title !== undefined && TITLE.test(title)) || LIST.test(text);
}

/** Data sources that the provisioning files of a page define. What is wrong with a file, its own checker says. */
export function readDataSources(page: string, blocks: readonly Block[]): DataSource[] {
  return blocks.filter((block) => block.page === page && ['yaml', 'yml'].includes(block.language) && isDataSourceFile(block)).flatMap(readFile);
}

function readFile({ text }: Block): DataSource[] {
  const document = parseDocument(text, { prettyErrors: false });
  const value: unknown = document.errors.length > 0 ? undefined : document.toJS();
  const list = typeof value === 'object' && value !== null ? (value as { readonly datasources?: unknown }).datasources : undefined;
  return (Array.isArray(list) ? list : []).filter((one): one is object => typeof one === 'object' && one !== null).map((one) => {
    const { name, uid, type, isDefault, jsonData } = one as Readonly<Record<string, unknown>>;
    const { timeInterval } = (jsonData ?? {}) as { readonly timeInterval?: unknown };
    return { name: asText(name), uid: asText(uid), type: asText(type), isDefault: isDefault === true, timeInterval: asText(timeInterval) };
  });
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
