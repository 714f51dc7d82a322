import { toString } from 'mdast-util-to-string';
import { defineMdastPlugin, type MdastPluginDefinition } from 'satteri';
import { itemId } from '../learning/item-id.ts';
import { element } from './asides.ts';

type ListVisitor = Extract<NonNullable<MdastPluginDefinition['list']>, (...args: never[]) => unknown>;
type List = Parameters<ListVisitor>[0];
type Item = List['children'][number];
type Child = Parameters<typeof element>[2][number];

/** The label is what stands in the item's first paragraph; what follows explains it. */
function rewriteItem(item: Item) {
  const [first, ...rest] = item.children as unknown as readonly (Child & { readonly children: readonly Child[] })[];
  const words = first === undefined ? '' : toString(first as unknown as Parameters<typeof toString>[0]);
  const box = element('input', { type: 'checkbox', 'data-tick': itemId(words) }, []);
  return element('li', {}, [element('label', {}, [box as unknown as Child, element('span', {}, first?.children ?? []) as unknown as Child]), ...rest]);
}

/** A task list outside `<Quiz>` becomes boxes that a reader can tick; the site's script keeps the ticks. Without script they can be ticked all the same. */
export function rewriteChecklists(): MdastPluginDefinition {
  return defineMdastPlugin({
    name: 'course-checklists',
    list(node, context) {
      if (node.children.length === 0 || !node.children.every((item) => typeof item.checked === 'boolean')) return;
      context.replaceNode(node, element('ul', { class: 'checklist' }, node.children.map((item) => rewriteItem(item) as unknown as Child)));
    },
  });
}
