import { defineRouteMiddleware, type StarlightRouteData } from '@astrojs/starlight/route-data';
import { editionAt } from './edition.ts';

/** Every page shows the sidebar of its own edition, leads on within it, and, where it is not the current one, is not for search engines. */
export const onRequest = defineRouteMiddleware((context) => {
  const route = context.locals.starlightRoute;
  const edition = editionAt(context.url.pathname);
  const group = route.sidebar.find((entry) => entry.type === 'group' && entry.label === edition.id);
  if (group?.type === 'group') route.sidebar = group.entries;
  const isNear = (link: StarlightRouteData['pagination']['prev']): boolean => link !== undefined && editionAt(link.href).id === edition.id;
  route.pagination = { prev: isNear(route.pagination.prev) ? route.pagination.prev : undefined, next: isNear(route.pagination.next) ? route.pagination.next : undefined };
  if (edition.isCurrent) return;
  route.head.push({ tag: 'meta', attrs: { name: 'robots', content: 'noindex' }, content: '' });
  // The search keeps an index a language. A private subtag (BCP 47, 2.2.7) makes one of the edition; to all others the page is English.
  route.lang = `${route.lang}-x-${edition.id.replaceAll('.', '-')}`;
});
