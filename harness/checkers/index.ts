import type { Checker } from '../model/checker.ts';
import { json } from './json.ts';
import { promql } from './promql.ts';
import { text } from './text.ts';
import { typescript } from './typescript.ts';

/** Every language and file kind that the harness understands. */
export const checkers: readonly Checker[] = [typescript, promql, json, text];
