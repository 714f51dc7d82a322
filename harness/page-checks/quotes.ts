import { definePageCheck, type MarkdownPage, type PageContext, type PageFinding } from '../model/page-check.ts';
import type { Rule } from '../model/diagnostic.ts';
import type { JsxElement } from './prose.ts';
import { walkTree } from './walk.ts';

const rules = {
  'unknown-answer': { level: 'error', summary: 'A `<Value>` or `<Answer>` names a block that its page does not have.' },
} as const satisfies Readonly<Record<string, Rule>>;

/** `<Value of="…">` and `<Answer of="…">` name a block, of this page or of `page="…"`. */
export const quotes = definePageCheck({
  scope: 'course',
  rules,
  check(page, context) {
    const found: PageFinding<keyof typeof rules>[] = [];
    walkTree(page.markdown.tree, (node) => {
      if ((node.type === 'mdxJsxFlowElement' || node.type === 'mdxJsxTextElement') && (node.name === 'Value' || node.name === 'Answer')) found.push(...checkQuote(node, page, context));
    });
    return found;
  },
});

function checkQuote(node: JsxElement, page: MarkdownPage, context: PageContext): PageFinding<keyof typeof rules>[] {
  const textOf = (name: string): string | undefined => {
    const value = node.attributes.find((attribute) => attribute.type === 'mdxJsxAttribute' && attribute.name === name)?.value;
    return typeof value === 'string' ? value : undefined;
  };
  const rangeOf = (name: string): { offset: number; length: number } => {
    const position = node.attributes.find((attribute) => attribute.type === 'mdxJsxAttribute' && attribute.name === name)?.position ?? node.position;
    const from = position?.start.offset ?? 0;
    return { offset: from, length: (position?.end.offset ?? from) - from };
  };
  if (node.attributes.some((attribute) => attribute.type === 'mdxJsxAttribute' && attribute.name === 'optional')) return [];
  const [of, id] = [textOf('of'), textOf('page')];
  const say = (attribute: string, message: string): PageFinding<keyof typeof rules>[] => [{ rule: 'unknown-answer', at: rangeOf(attribute), message }];
  if (of === undefined) return say('', `Found \`<${node.name ?? ''}>\` without \`of\`, expected the name of the block that is quoted. Add \`of="name"\`.`);
  const from = id === undefined ? page : context.course.find((other) => other.id === id || other.id === `${id}/index`);
  const suggestion = (word: string, known: readonly string[]): string => { const near = context.suggest(word, known); return near === undefined ? '' : ` Did you mean \`${near}\`?`; };
  if (from === undefined) return say('page', `There is no page \`${id ?? ''}\`.${suggestion(id ?? '', context.course.map((other) => other.id))} Name one of the course.`);
  const names = from.blocks.flatMap(({ name }) => name ?? []);
  if (names.includes(of)) return [];
  return say('of', `No block of ${from === page ? 'this page' : from.file} is named \`${of}\`.${suggestion(of, names)} Name one that is.`);
}
