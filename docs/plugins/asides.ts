import { toString } from 'mdast-util-to-string';
import { defineMdastPlugin, type MdastPluginDefinition } from 'satteri';
import { itemId } from '../learning/item-id.ts';

type FlowVisitor = Extract<NonNullable<MdastPluginDefinition['mdxJsxFlowElement']>, (...args: never[]) => unknown>;
type FlowElement = Parameters<FlowVisitor>[0];
type Child = FlowElement['children'][number];

/** An element of MDX; an attribute without a value is `''`. */
export function element(name: string, attributes: Readonly<Record<string, string>>, children: readonly Child[]) {
  return {
    type: 'mdxJsxFlowElement' as const,
    name,
    attributes: Object.entries(attributes).map(([key, value]) => ({ type: 'mdxJsxAttribute' as const, name: key, value: value === '' ? null : value })),
    children: [...children],
  };
}

function attribute(node: FlowElement, name: string): string | undefined {
  const found = node.attributes.find((candidate) => candidate.type === 'mdxJsxAttribute' && candidate.name === name);
  return found?.type === 'mdxJsxAttribute' && typeof found.value === 'string' ? found.value : undefined;
}

/** Closes the fold that stands before it. Without script, and in print, what is folded stays open. */
const closeFold = element('Fragment', { 'set:html': '<script>document.currentScript.previousElementSibling.open=false</script>' }, []);

/** A question to the reader, then the answer folded: `question="…"`, or the first paragraph inside asks. */
function rewriteAsk(node: FlowElement) {
  const asked = attribute(node, 'question');
  const [first, ...rest] = node.children;
  const question = asked === undefined ? first : { type: 'paragraph' as const, children: [{ type: 'text' as const, value: asked }] };
  const answer = asked === undefined ? rest : node.children;
  if (question === undefined || answer.length === 0) throw new Error('<Ask> needs a question (question="…", or its first paragraph) and an answer after it.');
  const summary = element('summary', {}, [{ type: 'text', value: attribute(node, 'label') ?? 'Decide, then open' } as unknown as Child]);
  return element('div', { class: 'ask', role: 'group', 'aria-label': 'A question to you' }, [element('div', { class: 'ask-question' }, [question as Child]), element('details', { class: 'ask-answer', open: '' }, [summary, ...answer]), closeFold]);
}

const audiences: Readonly<Record<string, string>> = { instructor: 'For the instructor' };

function rewriteNote(node: FlowElement) {
  const audience = attribute(node, 'for') ?? '';
  const label = audiences[audience];
  if (label === undefined) throw new Error(`<Note for="${audience}"> is not known; known are ${Object.keys(audiences).join(', ')}.`);
  return element('details', { class: `note note-${audience}` }, [element('summary', {}, [{ type: 'text', value: label } as unknown as Child]), ...node.children]);
}

/** As `closeFold`, unless the reader has opened it before: `foldOption` stands at the head of the page. */
const foldOption = element('Fragment', { 'set:html': '<script>globalThis.foldOption?foldOption(document.currentScript.previousElementSibling):document.currentScript.previousElementSibling.open=false</script>' }, []);

function wordsIn(node: Child): string {
  return toString(node as unknown as Parameters<typeof toString>[0]);
}

/** One option: its first paragraph is what one may believe, what follows says what is right or wrong about it. */
function rewriteOption(option: Child, question: string) {
  const { checked, children } = option as unknown as { readonly checked?: boolean | null; readonly children: readonly Child[] };
  const [belief, ...reasons] = children;
  if (typeof checked !== 'boolean' || belief === undefined || reasons.length === 0) throw new Error('each option of a <Quiz> is "- [ ]" or "- [x]", the option, an empty line, and an indented paragraph that says why.');
  const [reason, ...more] = reasons;
  const verdict = [{ type: 'strong', children: [{ type: 'text', value: checked ? 'Yes.' : 'No.' }] }, { type: 'text', value: ' ' }] as unknown as Child[];
  const judged = { ...reason, children: [...verdict, ...(reason as unknown as { readonly children: readonly Child[] }).children] } as Child;
  return { isRight: checked, item: element('li', {}, [element('details', { class: 'quiz-option', open: '', 'data-option': itemId(wordsIn(belief), question) }, [element('summary', {}, (belief as unknown as { readonly children: readonly Child[] }).children), judged, ...more]), foldOption]) };
}

/** A question and what one may answer to it: a task list. An option opens to what is right or wrong about it. */
function rewriteQuiz(node: FlowElement) {
  const question = attribute(node, 'question');
  const list = node.children.find((child) => (child as { readonly type: string }).type === 'list') as unknown as { readonly children: readonly Child[] } | undefined;
  if (question === undefined || list === undefined || node.children.length !== 1) throw new Error('<Quiz question="…"> holds one list of options and nothing else.');
  const options = list.children.map((option) => rewriteOption(option, question));
  if (options.length < 2 || !options.some(({ isRight }) => isRight) || options.every(({ isRight }) => isRight)) throw new Error('a <Quiz> needs an option that is right and one that is not.');
  const asked = element('p', { class: 'ask-question' }, [{ type: 'text', value: question } as unknown as Child]);
  return element('div', { class: 'ask quiz', role: 'group', 'aria-label': 'A question with options', 'data-question': itemId(question) }, [asked, element('ol', { class: 'quiz-options' }, options.map(({ item }) => item as unknown as Child))]);
}

const rewriters: Readonly<Record<string, (node: FlowElement) => ReturnType<typeof element>>> = { Ask: rewriteAsk, Note: rewriteNote, Quiz: rewriteQuiz };

/** `<Ask>`, `<Quiz>` and `<Note>` become plain HTML: nothing to import, nothing that needs a script. */
export function rewriteAsides(fileOf: (url: URL | undefined) => string): MdastPluginDefinition {
  return defineMdastPlugin({
    name: 'course-asides',
    options: { position: true },
    mdxJsxFlowElement(node, context) {
      const rewrite = rewriters[node.name ?? ''];
      if (!rewrite) return;
      try {
        context.replaceNode(node, rewrite(node));
      } catch (cause) {
        throw new Error(`${fileOf(context.fileURL)}:${node.position?.start.line ?? '?'}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      }
    },
  });
}
