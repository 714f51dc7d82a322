import { defineMdastPlugin, type MdastPluginDefinition } from 'satteri';

type FlowVisitor = Extract<NonNullable<MdastPluginDefinition['mdxJsxFlowElement']>, (...args: never[]) => unknown>;
type FlowElement = Parameters<FlowVisitor>[0];
type Child = FlowElement['children'][number];

function element(name: string, attributes: Readonly<Record<string, string>>, children: readonly Child[]) {
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
  return element('section', { class: 'ask', 'aria-label': 'A question to you' }, [element('div', { class: 'ask-question' }, [question as Child]), element('details', { class: 'ask-answer', open: '' }, [summary, ...answer]), closeFold]);
}

const audiences: Readonly<Record<string, string>> = { instructor: 'For the instructor' };

function rewriteNote(node: FlowElement) {
  const audience = attribute(node, 'for') ?? '';
  const label = audiences[audience];
  if (label === undefined) throw new Error(`<Note for="${audience}"> is not known; known are ${Object.keys(audiences).join(', ')}.`);
  return element('details', { class: `note note-${audience}` }, [element('summary', {}, [{ type: 'text', value: label } as unknown as Child]), ...node.children]);
}

const rewriters: Readonly<Record<string, (node: FlowElement) => ReturnType<typeof element>>> = { Ask: rewriteAsk, Note: rewriteNote };

/** `<Ask>` and `<Note>` become plain HTML: nothing to import, nothing that needs a script. */
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
