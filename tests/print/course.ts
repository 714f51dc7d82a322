import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildCourse } from '../../docs/build/build-course.ts';
import { repository, writeCourse, writeText } from '../site/fixtures/course.ts';

/** A course of one module: a story with every kind of answer, an exercise, and the words. */
export function writePrintedCourse(name: string): string {
  const root = writeCourse(name);
  const fixture = (file: string): string => readFileSync(join(repository, 'tests/print/fixtures', file), 'utf8');
  writeText(root, 'docs/content/docs/day-1/practise.mdx', fixture('practise.mdx'));
  writeText(root, 'docs/content/docs/glossary.mdx', '---\ntitle: Glossary\n---\n\nA series is a metric with one set of labels.\n');
  writeText(root, 'docs/outline.yml', 'day-1:\n  title: Day 1\n  parts:\n    - title: How slow\n      pages: [day-1/checkout-lag]\n    - title: Practise\n      pages: [day-1/practise]\n');
  return root;
}

export interface Built {
  readonly exitCode: number;
  readonly said: string;
}
export async function build(root: string, print = true): Promise<Built> {
  const lines: string[] = [];
  const exitCode = await buildCourse({ root, print, say: (line) => lines.push(line) });
  return { exitCode, said: lines.join('\n') };
}
