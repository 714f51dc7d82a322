import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRuleText, type RuleText } from '../../docs/rule-pages/rule-text.ts';
import { repository } from '../support/course.ts';

const folder = join(repository, 'docs/rules');

/** Every rule's text, by its id. */
export function readTexts(): ReadonlyMap<string, RuleText> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md')).sort();
  return new Map(files.map((file) => {
    const id = file.replaceAll('\\', '/').slice(0, -'.md'.length);
    return [id, readRuleText(id, readFileSync(join(folder, file), 'utf8'))];
  }));
}
/** Where the proof of a rule's examples is stored. */
export function proofFile(id: string): string {
  return join(folder, `${id}.json`);
}
