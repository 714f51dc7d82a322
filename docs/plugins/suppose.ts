import { defineMdastPlugin, type MdastPluginDefinition } from 'satteri';

const said = [{ type: 'mdxJsxAttribute' as const, name: 'class', value: 'supposed' }, { type: 'mdxJsxAttribute' as const, name: 'title', value: 'Assumed, not measured' }];

/** `<Suppose>`: a figure that illustrates. Pointing at it says so; the page check asks every other figure where it comes from. */
export function markSupposed(): MdastPluginDefinition {
  return defineMdastPlugin({
    name: 'course-suppose',
    mdxJsxTextElement(node, context) {
      if (node.name === 'Suppose') context.replaceNode(node, { type: 'mdxJsxTextElement', name: 'span', attributes: said, children: node.children });
    },
    mdxJsxFlowElement(node, context) {
      if (node.name === 'Suppose') context.replaceNode(node, { type: 'mdxJsxFlowElement', name: 'div', attributes: said, children: node.children });
    },
  });
}
