import type { Block } from '../model/block.ts';
import { defineChecker } from '../model/checker.ts';
import type { Rule } from '../model/diagnostic.ts';
import { judgeBit } from './fluent/judge-bit.ts';
import { judgeFluentd } from './fluent/judge-fluentd.ts';
import { readClassic } from './fluent/read-classic.ts';
import { readFluentd } from './fluent/read-fluentd.ts';
import { readYaml } from './fluent/read-yaml.ts';
import type { FluentProblem, FluentRule } from './fluent/section.ts';

/** Configuration of Fluent Bit and of Fluentd, by its title. Neither is started: what only their plugins refuse is not seen. */
export const fluent = defineChecker({
  name: 'fluent',
  languages: ['ini', 'yaml', 'yml', 'xml', 'apache'],
  titles: ['fluent-bit.conf', 'fluent-bit.yml', 'fluent-bit.yaml', 'fluent.conf', 'fluentd.conf', 'td-agent.conf'],
  attributes: [],
  rules: {
    'syntax-error': { level: 'error', summary: 'A line is no section and no key with a value, or a section is not closed.' },
    'unknown-section': { level: 'error', summary: 'A section has a name that the program does not know.' },
    'unknown-plugin': { level: 'error', summary: 'A section names a plugin that is nearly another one.' },
    'unknown-key': { level: 'error', summary: 'A key is nearly one that its plugin knows.' },
    'missing-plugin': { level: 'error', summary: 'A section does not say which plugin it configures.' },
    'unmatched': { level: 'error', summary: 'No source has a tag that a filter or an output asks for.' },
    'obsolete': { level: 'warning', summary: 'A key is written as Fluentd 0.12 wrote it.' },
    'no-position': { level: 'warning', summary: 'A tail does not remember how far it has read.' },
  } satisfies Readonly<Record<FluentRule, Rule>>,
  check: async (blocks) => blocks.flatMap((block) => judge(block).map((problem) => ({ block, ...problem }))),
});

function judge({ title = '', text }: Block): FluentProblem[] {
  if (!title.startsWith('fluent-bit')) return judgeFluentd(readFluentd(text));
  return judgeBit(title.endsWith('.conf') ? readClassic(text) : readYaml(text));
}
