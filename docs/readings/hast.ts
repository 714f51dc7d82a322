export { h, s } from '@astrojs/starlight/expressive-code/hast';
export type { Element, ElementContent } from '@astrojs/starlight/expressive-code/hast';
