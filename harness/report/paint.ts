import { styleText } from 'node:util';
import type { Level } from '../model/diagnostic.ts';

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'cyan' | 'green';
/** Colours text, or leaves it alone when no colour was asked for. */
export type Paint = (style: Style, text: string) => string;

export function createPaint(color: boolean): Paint {
  // The stream is main's business: it asked for colour or it did not.
  return color ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}

export const levelStyles: Readonly<Record<Level, Style>> = { error: 'red', warning: 'yellow', note: 'cyan' };
