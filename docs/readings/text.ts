import { fold, plural } from './fold.ts';
import { h, type Element } from './hast.ts';

const shownLines = 14;

/** Plain output in a focusable block; what exceeds a screenful folds. */
export function viewText(label: string, text: string, limit = shownLines): Element[] {
  const lines = text.replace(/\n+$/, '').split('\n');
  const cut = lines.length <= limit + 3 ? lines.length : limit;
  const pre = (part: readonly string[], name: string): Element => h('pre', { tabIndex: 0, role: 'group', ariaLabel: name }, part.join('\n'));
  const rest = lines.slice(cut);
  return [pre(lines.slice(0, cut), label), ...(rest.length > 0 ? [fold(plural(rest.length, 'more line'), [pre(rest, `${label}, continued`)], { className: 'rest' })] : [])];
}

/** A heading inside a reading; not a heading of the page. */
export function caption(text: string): Element {
  return h('p', { className: ['caption'] }, text);
}
