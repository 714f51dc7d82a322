import { defineCourseCheck, type CourseContext, type CourseFinding, type Spot } from '../model/course-check.ts';
import type { Block } from '../model/block.ts';
import type { Rule } from '../model/diagnostic.ts';
import { isNear } from '../rule-file/rule-file.ts';
import { isCode, isCompose, isServiceConfig, isShell } from './kinds.ts';
import { isHomeless, selectorsIn } from './queries.ts';
import { readCode, type Word } from './read-code.ts';
import { readCompose, readConfig } from './read-config.ts';
import { isShopFile, readShopServices } from './stack-files.ts';

const rules = {
  'other-service': { level: 'error', summary: 'A job or service has nearly the name that the rest of the course gives it.' },
} as const satisfies Readonly<Record<string, Rule>>;

/** A job or service as something calls it. */
interface Mention {
  readonly name: string;
  readonly what: 'job' | 'service';
  readonly at: Spot;
}

/**
 * Jobs and services have one name in code, Compose and scrape configuration. Any new name is a new service; one that differs by a letter
 * from a name that the shop or another page has, and stands on one page only, is that name misspelt.
 */
export const services = defineCourseCheck({
  rules,
  check: (context) => {
    const shop = new Set([...context.stack.filter(isShopFile).flatMap((block) => readShopServices(block.text).map(({ text }) => text)), ...incidentServices(context)]);
    const mentions = [...[...context.stack, ...context.blocks].flatMap(mentionsIn), ...context.blocks.filter((block) => isHomeless(block, context)).flatMap(askedIn)];
    const byName = Map.groupBy(mentions, ({ name }) => name);
    const lonely = [...byName].filter(([name, found]) => !shop.has(name) && new Set(found.map(({ at }) => at.block.page)).size === 1);
    return lonely.flatMap(([name, found]) => {
      const near = [...byName.keys()].find((other) => isNear(name, other) && isBetterKnown(other, byName.get(other) ?? [], found, shop));
      return near === undefined ? [] : found.filter(({ at }) => !context.stack.includes(at.block)).map((mention) => tell(mention, near, byName.get(near) ?? []));
    });
  },
});

function isBetterKnown(name: string, found: readonly Mention[], than: readonly Mention[], shop: ReadonlySet<string>): boolean {
  const page = than[0]?.at.block.page;
  return shop.has(name) || found.length > than.length || found.some(({ at }) => at.block.page !== page);
}

function tell({ name, what, at }: Mention, near: string, found: readonly Mention[]): CourseFinding<keyof typeof rules> {
  const other = found.find((one) => one.at.block !== at.block) ?? found[0];
  return {
    rule: 'other-service', at,
    message: `Found the ${what} \`${name}\`, expected \`${near}\`, as the rest of the course calls it: what is asked by one name knows nothing of the other. Write the same name everywhere.`,
    related: other === undefined ? [] : [{ message: `\`${near}\` is named here`, at: other.at }],
  };
}

function mentionsIn(block: Block): Mention[] {
  const mention = (what: Mention['what']) => ({ text, range }: Word): Mention => ({ name: text, what, at: { block, range } });
  if (isShopFile(block)) return readShopServices(block.text).map(mention('service'));
  if (isCompose(block)) return readCompose(block.text).services.map(({ name }) => mention('service')(name));
  if (isCode(block)) return readCode(block.text).services.map(mention('service'));
  if (!isServiceConfig(block)) return [];
  const { jobs, services: labels, targets } = readConfig(block.text);
  const hosts = targets.map(({ text, range }) => ({ text: text.split(':')[0] ?? '', range: { ...range, length: text.indexOf(':') } })).filter(({ text }) => /^[a-z][\w-]*$/.test(text) && text !== 'localhost');
  return [...jobs.map(mention('job')), ...[...labels, ...hosts].map(mention('service'))];
}

/** Of queries and commands that nothing answers: those of others are held against their dataset. */
function askedIn(block: Block): Mention[] {
  const command = isShell(block) ? [...block.text.matchAll(/[?&\s]service=([a-z][\w-]*)/g)].map((match): Mention => ({ name: match[1] ?? '', what: 'service', at: { block, range: { offset: match.index + 9, length: (match[1] ?? '').length } } })) : [];
  return [...command, ...selectorsIn(block).flatMap(({ selector, at }) => selector.equals.flatMap(([label, value]): Mention[] => {
    if (label !== 'job' && label !== 'service') return [];
    const offset = block.text.indexOf(value, block.text.indexOf(label, at.range.offset));
    return [{ name: value, what: label, at: offset < 0 ? at : { block, range: { offset, length: value.length } } }];
  }))];
}

/** Services that only one incident has. */
function incidentServices({ pages }: CourseContext): string[] {
  return pages.flatMap(({ id, frontmatter: { services: own } }) => (id.startsWith('incidents/') && typeof own === 'object' && own !== null ? Object.keys(own) : []));
}
