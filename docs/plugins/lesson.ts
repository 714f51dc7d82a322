import { fileURLToPath } from 'node:url';
import { defineMdastPlugin, type MdastPluginDefinition } from 'satteri';
import type { Block, Page } from '../../harness/model/block.ts';
import { commonAttributes, readGlossary } from '../../harness/parse/index.ts';
import { markOf, renderMark, renderReading, toHtml, viewNames, type Moment, type ViewName } from '../readings/index.ts';
import { h } from '../readings/hast.ts';
import { rewriteAsides } from './asides.ts';
import { rewriteChecklists } from './checklists.ts';
import { isExecuted, UnprovenError, type Course } from './course.ts';
import { editionOf, type SiteEdition } from './editions.ts';
import { renderFigures } from './figures.ts';
import { renderGlossary } from './glossary.ts';
import { renderOutline, renderPaths, renderSchedule } from './schedule.ts';
import { renderMutations } from './mutations.ts';
import { renderTaught } from './taught.ts';
import { markSupposed } from './suppose.ts';
import { linkTerms } from './terms.ts';
import { keepWithin, linkWithin } from './links.ts';
import { renderDiagram, type DiagramSet } from './diagrams.ts';
import { registerCopy } from './copies.ts';
import { quoteValue } from './values.ts';

type Visitor<Kind extends 'code' | 'mdxJsxFlowElement' | 'mdxJsxTextElement'> = Extract<NonNullable<MdastPluginDefinition[Kind]>, (...args: never[]) => unknown>;
type Context = Parameters<Visitor<'code'>>[1];
type JsxNode = Parameters<Visitor<'mdxJsxFlowElement'>>[0] | Parameters<Visitor<'mdxJsxTextElement'>>[0];

/** Fence tags that are shown as they are: nothing about them is proven, so nothing is marked. */
const plainLanguages = new Set(['text', 'txt', 'plain', 'output', 'console']);

/** HTML made by us, put into the page as it is: Markdown and MDX never look at it. Its links lead within the page's edition. @param prefix `1.0/` */
function rawHtml(html: string, prefix = '') {
  return { type: 'mdxJsxFlowElement' as const, name: 'Fragment', attributes: [{ type: 'mdxJsxAttribute' as const, name: 'set:html', value: keepWithin(html, prefix) }], children: [] };
}

function attributesOf(node: JsxNode): Map<string, string | true> {
  const entries = node.attributes.flatMap((attribute): [string, string | true][] => (attribute.type === 'mdxJsxAttribute' ? [[attribute.name, typeof attribute.value === 'string' ? attribute.value : true]] : []));
  return new Map(entries);
}

function textAttribute(attributes: ReadonlyMap<string, string | true>, name: string): string | undefined {
  const value = attributes.get(name);
  return typeof value === 'string' ? value : undefined;
}

/** The edition that a page is of. */
type CourseOf = (url: URL | undefined) => Course;
/** What the addresses of that edition begin with after the first slash. */
type PrefixOf = (url: URL | undefined) => string;

function pageOf(course: Course, context: Context): Page {
  if (!context.fileURL) throw new Error('A page without a file cannot be rendered.');
  return course.page(fileURLToPath(context.fileURL));
}

/** Says where, then what: an author must never search for the element that is meant. */
function at<T>(page: Page, node: { readonly position?: { readonly start: { readonly line: number } } | undefined }, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw message.startsWith(`${page.file}:`) ? cause : new Error(`${page.file}:${node.position?.start.line ?? '?'}: ${message}`, { cause });
  }
}

/** In a preview, what stands where an answer will be after the next run. */
function orWaiting<T>(course: Course, waiting: T, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof UnprovenError ? error.cause : error;
    if (course.isPreview && cause instanceof UnprovenError) return waiting;
    throw error;
  }
}
const waitingPanel = toHtml(h('div', { className: ['reading', 'not-content', 'is-waiting'] }, [h('p', 'No answer yet. It comes with the next run that this block passes.')]));

/** Blocks whose answer stands elsewhere on their page, because an `<Answer>` puts it there: wholly, or only its notifications. */
function placedElsewhere(source: string, name: string): 'wholly' | 'notifications' | undefined {
  const tags = [...source.matchAll(/<Answer\b[^>]*>/g)].map((match) => match[0]).filter((tag) => !/\bpage=/.test(tag) && tag.includes(`of="${name}"`));
  if (tags.length === 0) return undefined;
  return tags.every((tag) => /\bview="notification"/.test(tag)) ? 'notifications' : 'wholly';
}

function markFor(block: Block): string | undefined {
  if (plainLanguages.has(block.language)) return undefined;
  const ignored = block.attributes.get('ignore');
  if (ignored) {
    const reason = String(block.attributes.get('reason')?.value ?? 'no reason given');
    return toHtml(h('div', { className: ['reading', 'not-content', 'only-mark'] }, [markOf('ignored', [h('p', `Left out of verification: ${reason}, until ${String(block.attributes.get('until')?.value ?? 'further notice')}.`)])]));
  }
  return toHtml(h('div', { className: ['reading', 'not-content', 'only-mark'] }, [markOf('checked', [h('p', 'Every run of npm run verify parses and checks this block, together with its hidden lines. It is not executed.')])]));
}

/** What follows a block: its reading, a mark, or nothing. */
function afterBlock(course: Course, block: Block, page: Page, source: string, endLine: number): string | undefined {
  const answer = course.answer(block, page);
  if (answer === undefined) return markFor(block);
  const placed = placedElsewhere(source, block.name ?? '');
  if (placed === 'wholly') {
    const next = source.split('\n').slice(endLine).find((line) => line.trim() !== '') ?? '';
    return new RegExp(`^\\s*<Answer\\b[^>]*of="${block.name ?? ''}"`).test(next) ? undefined : toHtml(renderMark(answer.transcript, answer.context));
  }
  return toHtml(renderReading(answer.transcript, placed === undefined ? answer.context : { ...answer.context, notifications: 'none' }));
}

function blockAt(page: Page, line: number | undefined): Block {
  const block = page.blocks.find((candidate) => candidate.fence.start.line === line);
  if (block) return block;
  throw new Error(`${page.file}:${line ?? '?'}: the site found a fence here that the harness does not know. They must agree on every fence: is the page valid MDX?`);
}

/** Attributes of the course are none of Expressive Code's business; its own stay. */
export function displayMeta(meta: string, block: Block): string {
  const ours = [...block.attributes.values()].filter(({ name, value }) => name !== 'title' && name !== 'name' && value !== true && (commonAttributes as readonly string[]).includes(name));
  const kept = ours.reduce((text, { name }) => text.replace(new RegExp(`(^|\\s)${name}=("(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|\\S+)`), '$1'), meta);
  const flags = [`course="${block.id}"`, ...(block.attributes.has('rejects') ? ['wrong'] : [])];
  return `${kept.trim()} ${flags.join(' ')}`.trim();
}

/** A region of a file stands deep inside it; on the page it begins at the margin. */
function dedent(text: string): string {
  const lines = text.split('\n');
  const depth = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0));
  return Number.isFinite(depth) ? lines.map((line) => line.slice(depth)).join('\n') : text;
}

/** Fills fences: what the harness checks is what the reader sees, with regions put in and hidden lines left out. */
function fillBlocks(courseOf: CourseOf, prefixOf: PrefixOf, diagrams: DiagramSet): MdastPluginDefinition {
  return defineMdastPlugin({
    name: 'course-blocks',
    options: { position: true },
    code(node, context) {
      const course = courseOf(context.fileURL);
      const page = pageOf(course, context);
      const block = blockAt(page, node.position?.start.line);
      if (block.language === 'mermaid') {
        context.replaceNode(node, rawHtml(at(page, node, () => renderDiagram(diagrams, block.text))));
        return;
      }
      const shown = block.source === undefined ? block.shownText : dedent(block.shownText);
      registerCopy(block.id, block.source === undefined ? block.text : shown);
      context.setProperty(node, 'value', shown === '' ? ' ' : shown);
      context.setProperty(node, 'meta', displayMeta(node.meta ?? '', block));
      const after = orWaiting(course, waitingPanel, () => afterBlock(course, block, page, context.source, node.position?.end.line ?? 0));
      if (after !== undefined) context.insertAfter(node, rawHtml(after, prefixOf(context.fileURL)));
    },
  });
}

function findAnswer(course: Course, here: Page, attributes: ReadonlyMap<string, string | true>) {
  const of = textAttribute(attributes, 'of');
  const pageId = textAttribute(attributes, 'page');
  const page = pageId === undefined ? here : course.pageById(pageId);
  if (of === undefined) throw new Error('`of` is missing: name the block whose answer is meant, of="name".');
  if (!page) throw new Error(`there is no page "${pageId ?? ''}".`);
  const block = page.blocks.find((candidate) => candidate.name === of);
  const names = page.blocks.filter(isExecuted).map((candidate) => candidate.name);
  if (!block) throw new Error(`no block of ${page.file} is named "${of}". Named are: ${names.join(', ') || 'none'}.`);
  const answer = course.answer(block, page);
  if (!answer) throw new Error(`block "${of}" is not executed, so it has no answer.`);
  return answer;
}

/** `mark="block"` draws the moment at which the alert of that block fired on the chart's dataset: only where it is part of the story. */
function markedMoments(course: Course, page: Page, name: string | undefined, dataset: string | undefined): Moment[] {
  if (name === undefined) return [];
  const { output } = findAnswer(course, page, new Map([['of', name]])).transcript;
  const runs = output.kind === 'rules' ? output.runs.filter((run) => run.dataset === dataset && run.firingMs !== undefined) : [];
  if (runs.length === 0) throw new Error(`mark="${name}" needs a block of alerting rules that fires on ${dataset ?? 'the dataset'}.`);
  return runs.map((run) => ({ atMs: run.firingMs as number, label: 'alert' }));
}

function renderAnswer(course: Course, page: Page, node: JsxNode): string {
  const attributes = attributesOf(node);
  if (attributes.has('optional') && !isThere(course, attributes)) return '';
  const view = (textAttribute(attributes, 'view') ?? 'auto') as ViewName;
  if (!viewNames.includes(view)) throw new Error(`view="${view}" is not known; known are ${viewNames.join(', ')}.`);
  const answer = findAnswer(course, page, attributes);
  const headline = textAttribute(attributes, 'title');
  const status = textAttribute(attributes, 'status');
  if (status !== undefined && status !== 'firing' && status !== 'resolved') throw new Error(`status="${status}" is not known; known are firing, resolved.`);
  const moments = markedMoments(course, page, textAttribute(attributes, 'mark'), answer.context.dataset);
  const context = { ...answer.context, moments, ...(headline === undefined ? {} : { headline }), ...(status === undefined ? {} : { notifications: status } as const), ...(attributes.has('brief') ? { brief: true } : {}) };
  const reading = renderReading(answer.transcript, context, view);
  if (!attributes.has('folded')) return toHtml(reading);
  return toHtml(h('details', { className: ['fold', 'folded-answer', 'not-content'] }, [h('summary', `The answer of ${answer.block.name ?? 'the block'}`), reading]));
}

/** `optional` is for the home page alone, so that it builds before the page that it quotes has been verified. */
function isThere(course: Course, attributes: ReadonlyMap<string, string | true>): boolean {
  const page = course.pageById(textAttribute(attributes, 'page') ?? '');
  return page?.blocks.some((block) => block.name === textAttribute(attributes, 'of')) ?? false;
}

/** What a page says of the course as a whole: tables from the outline and the curriculum. */
function renderOverview(editions: readonly SiteEdition[], course: Course, node: JsxNode): string | undefined {
  const attributes = attributesOf(node);
  const module = textAttribute(attributes, 'module') ?? '';
  switch (node.name) {
    case 'Outline': return renderOutline(course, module);
    case 'Paths': return renderPaths(course, module);
    case 'Schedule': return renderSchedule(course, module, textAttribute(attributes, 'start') ?? '09:00');
    // The current edition's page shows what older ones hold too.
    case 'Taught': return renderTaught(editions.filter((edition) => edition.course === course || editions[0]?.course === course));
    case 'Mutations': return renderMutations(course);
    default: return undefined;
  }
}

/** `<Value>` and `<Answer>`: numbers in sentences and answers where the text wants them, from the stored answers. */
function quoteAnswers(editions: readonly SiteEdition[], courseOf: CourseOf, prefixOf: PrefixOf): MdastPluginDefinition {
  const value = (node: JsxNode, context: Context): void => {
    const course = courseOf(context.fileURL);
    const page = pageOf(course, context);
    const attributes = attributesOf(node);
    if (attributes.has('optional') && !isThere(course, attributes)) return context.removeNode(node);
    const text = orWaiting(course, '…', () => at(page, node, () => {
      const answer = findAnswer(course, page, attributes);
      return quoteValue(answer.transcript.output, textAttribute(attributes, 'pick'), textAttribute(attributes, 'format'));
    }));
    context.replaceNode(node, { type: 'mdxJsxTextElement', name: 'data', attributes: [{ type: 'mdxJsxAttribute', name: 'class', value: 'quoted' }], children: [{ type: 'text', value: text }] });
  };
  return defineMdastPlugin({
    name: 'course-quotes',
    options: { position: true },
    mdxJsxTextElement(node, context) {
      if (node.name === 'Value') value(node, context);
    },
    mdxJsxFlowElement(node, context) {
      const course = courseOf(context.fileURL);
      if (node.name === 'Value') value(node, context);
      if (node.name === 'Figures') context.replaceNode(node, rawHtml(renderFigures(course.root)));
      const drawn = renderOverview(editions, course, node);
      // Taught names pages of several editions, with their addresses.
      if (drawn !== undefined) context.replaceNode(node, rawHtml(drawn, node.name === 'Taught' ? '' : prefixOf(context.fileURL)));
      if (node.name === 'Glossary') context.replaceNode(node, rawHtml(renderGlossary(course.root)));
      if (node.name !== 'Answer') return;
      const page = pageOf(course, context);
      context.replaceNode(node, rawHtml(orWaiting(course, waitingPanel, () => at(page, node, () => renderAnswer(course, page, node))), prefixOf(context.fileURL)));
    },
  });
}

/** The plugins of the Markdown pipeline that make a lesson of a page, in order. */
export function lessonPlugins(editions: readonly SiteEdition[], diagrams: DiagramSet): MdastPluginDefinition[] {
  const courseOf: CourseOf = (url) => editionOf(editions, url).course;
  const fileOf = (url: URL | undefined): string => (url === undefined ? 'a page' : courseOf(url).page(fileURLToPath(url)).file);
  const isLesson = (url: URL | undefined): boolean => url !== undefined && courseOf(url).page(fileURLToPath(url)).frontmatter['minutes'] !== undefined;
  // Read once: a server that shows pages while they are written is started anew for new words.
  const glossaries = new Map(editions.map(({ course, prefix }) => [course, { glossary: readGlossary(course.root), page: `/${prefix}glossary/` }]));
  const prefixOf: PrefixOf = (url) => editionOf(editions, url).prefix;
  return [fillBlocks(courseOf, prefixOf, diagrams), quoteAnswers(editions, courseOf, prefixOf), linkTerms((url) => (isLesson(url) ? glossaries.get(courseOf(url)) : undefined)), markSupposed(), rewriteAsides(fileOf), rewriteChecklists(), linkWithin(prefixOf)];
}
