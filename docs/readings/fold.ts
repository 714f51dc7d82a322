import { h, type Element, type ElementContent } from './hast.ts';

/** Content on demand: works without script, and opens in print where `print` says so. */
export function fold(summary: string, content: readonly ElementContent[], options: { readonly className?: string } = {}): Element {
  return h('details', { className: ['fold', ...(options.className ? [options.className] : [])] }, [h('summary', summary), ...content]);
}

/** Splits rows at a limit; one row more than the limit is shown rather than hidden. */
export function splitAt<T>(rows: readonly T[], limit: number): readonly [readonly T[], readonly T[]] {
  return rows.length <= limit + 1 ? [rows, []] : [rows.slice(0, limit), rows.slice(limit)];
}

/** Something that scrolls sideways on its own, so that the page never does; focusable, as scrolling needs a keyboard. */
export function scroller(label: string, content: readonly ElementContent[]): Element {
  return h('div', { className: ['scroller'], tabIndex: 0, role: 'group', ariaLabel: label }, [...content]);
}

/** `1 line`, `3 lines`. */
export function plural(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
