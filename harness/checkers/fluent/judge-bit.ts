import { isNear } from '../../rule-file/rule-file.ts';
import { hintAt } from '../support/suggest.ts';
import { keysOf, PLUGINS, SECTIONS } from './bit-names.ts';
import { entryOf, isFilledIn, type FluentFile, type FluentProblem, type Section } from './section.ts';
import { fitsBit } from './tags.ts';

/** Judges a configuration of Fluent Bit: names, and which tags reach which section. */
export function judgeBit(file: FluentFile): FluentProblem[] {
  return [...file.problems, ...file.sections.flatMap(judgeSection), ...judgeTags(file)];
}

function judgeSection(section: Section): FluentProblem[] {
  const kind = section.name.toUpperCase();
  if (!SECTIONS.includes(kind)) return [{ rule: 'unknown-section', range: section.range, message: `Found the section \`${section.name}\`, which Fluent Bit does not have.${hintAt(kind, SECTIONS)}` }];
  const plugins = PLUGINS[kind];
  const name = entryOf(section, 'name');
  if (plugins !== undefined && name === undefined) {
    return [{ rule: 'missing-plugin', range: section.range, message: `Found an \`${kind}\` without \`Name\`, expected it: it says which plugin this is. Add it.` }];
  }
  const plugin = name?.value.toLowerCase() ?? '';
  const near = plugins === undefined || plugins.includes(plugin) || plugin.length < 4 ? undefined : plugins.find((one) => isNear(plugin, one));
  if (near !== undefined && name !== undefined) return [{ rule: 'unknown-plugin', range: name.valueRange, message: `Found the ${kind.toLowerCase()} \`${name.value}\`, which Fluent Bit does not have. Did you mean \`${near}\`?` }];
  return [...judgeKeys(section, kind, plugin), ...judgePosition(section, kind, plugin)];
}

/** Plugins learn keys with each version: only one that is nearly a known one is a mistake. */
function judgeKeys(section: Section, kind: string, plugin: string): FluentProblem[] {
  const known = keysOf(kind, plugin) ?? [];
  return section.entries.flatMap(({ key, keyRange }): FluentProblem[] => {
    const found = key.toLowerCase();
    if (known.includes(found) || found.includes('.') || found.length < 4) return [];
    const meant = known.find((one) => isNear(found, one));
    return meant === undefined ? [] : [{ rule: 'unknown-key', range: keyRange, message: `Found the key \`${key}\`, which \`${plugin || kind}\` does not know. Did you mean \`${meant}\`?` }];
  });
}

function judgePosition(section: Section, kind: string, plugin: string): FluentProblem[] {
  const name = entryOf(section, 'name');
  if (kind !== 'INPUT' || plugin !== 'tail' || name === undefined || entryOf(section, 'db') !== undefined || entryOf(section, 'exit_on_eof') !== undefined) return [];
  return [{ rule: 'no-position', range: name.valueRange, message: 'Found a `tail` without `DB`, expected one: after a restart it begins at the end of each file, or with Read_from_Head at its beginning, so that lines are lost or doubled. Add `DB` with a path that survives restarts.' }];
}

/** Inputs whose records bring a tag of their own. */
const BRING_TAGS = new Set(['forward', 'http', 'opentelemetry', 'mqtt', 'tcp', 'udp', 'syslog', 'splunk', 'elasticsearch', 'prometheus_remote_write', 'event_type']);

function judgeTags({ sections, includes }: FluentFile): FluentProblem[] {
  const ofKind = (kind: string): Section[] => sections.filter(({ name }) => name.toUpperCase() === kind);
  const inputs = ofKind('INPUT');
  const pluginOf = (section: Section): string => entryOf(section, 'name')?.value.toLowerCase() ?? '';
  const counts = new Map<string, number>();
  const tags = new Set(inputs.map((input) => {
    const above = counts.get(pluginOf(input)) ?? 0;
    counts.set(pluginOf(input), above + 1);
    return tagOf(input, above);
  }));
  const known = [...tags].flatMap((tag) => tag ?? []);
  const namesOutputs = includes || inputs.some((input) => entryOf(input, 'routes') !== undefined);
  const isOpen = includes || inputs.length === 0 || tags.has(undefined) || sections.some((section) => ['rewrite_tag', 'log_to_metrics', 'multiline'].includes(pluginOf(section))) || ofKind('STREAM_TASK').length > 0;
  const outputs = ofKind('OUTPUT');
  return [...ofKind('FILTER'), ...outputs].flatMap((section): FluentProblem[] => {
    const match = entryOf(section, 'match');
    if (entryOf(section, 'match_regex') !== undefined || pluginOf(section) === '') return [];
    // One input and one output are connected without it, and an input may name its outputs itself.
    if (match === undefined && (namesOutputs || (section.name.toUpperCase() === 'OUTPUT' && inputs.length <= 1 && outputs.length === 1))) return [];
    if (match === undefined) return [{ rule: 'unmatched', range: section.range, message: `Found ${section.name.toUpperCase() === 'OUTPUT' ? 'an `OUTPUT`' : 'a `FILTER`'} without \`Match\`, expected it: nothing comes here. Add it, \`*\` for everything.` }];
    if (isOpen || isFilledIn(match.value) || known.some((tag) => fitsBit(match.value, tag))) return [];
    return [{ rule: 'unmatched', range: match.valueRange, message: `Found \`Match ${match.value}\`, and no input has such a tag: nothing comes here. Tags are ${known.slice(0, 8).map((tag) => `\`${tag}\``).join(', ')}. Correct one of them.` }];
  });
}

/** Undefined where the tag is not known from the file. Without one it is the plugin's name and the number of those above it. */
function tagOf(input: Section, above: number): string | undefined {
  const tag = entryOf(input, 'tag')?.value;
  const plugin = entryOf(input, 'name')?.value.toLowerCase();
  if (tag !== undefined) return isFilledIn(tag) || entryOf(input, 'tag_regex') !== undefined ? undefined : tag;
  return plugin === undefined || isFilledIn(plugin) || BRING_TAGS.has(plugin) ? undefined : `${plugin}.${above}`;
}
