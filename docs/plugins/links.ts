import { defineMdastPlugin, type MdastPluginDefinition } from 'satteri';

/**
 * Links of an edition stay in it: pages write `/day-1/checkout-lag/` in every edition, so that a page need not change when its edition is no
 * longer the current one.
 * @param prefixOf what the addresses of a page's edition begin with after the first slash: empty, or `1.0/`
 */
export function linkWithin(prefixOf: (url: URL | undefined) => string): MdastPluginDefinition {
  const within = (address: string, url: URL | undefined): string | undefined => {
    const prefix = prefixOf(url);
    return prefix === '' || !address.startsWith('/') || address.startsWith('//') ? undefined : `/${prefix}${address.slice(1)}`;
  };
  return defineMdastPlugin({
    name: 'course-editions',
    link(node, context) {
      const moved = within(node.url, context.fileURL);
      if (moved !== undefined) context.setProperty(node, 'url', moved);
    },
    definition(node, context) {
      const moved = within(node.url, context.fileURL);
      if (moved !== undefined) context.setProperty(node, 'url', moved);
    },
  });
}

/** The same for HTML made by us: runbooks of notifications, pages of tables. */
export function keepWithin(html: string, prefix: string): string {
  return prefix === '' ? html : html.replaceAll(/(<a\b[^>]*\bhref="\/)(?!\/)/g, `$1${prefix}`);
}
