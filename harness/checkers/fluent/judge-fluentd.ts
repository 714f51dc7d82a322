import { isNear } from '../../rule-file/rule-file.ts';
import { hintAt } from '../support/suggest.ts';
import { entryOf, isFilledIn, type Entry, type FluentFile, type FluentProblem, type Section } from './section.ts';
import { fitsFluentd } from './tags.ts';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);
const TOP = words('source match filter label system worker');
/** Sections within others, of Fluentd's own plugins; other plugins have more. */
const NESTED = words('parse buffer format inject extract storage record server store secondary transport security user client label labels exclude regexp and or rule entry service_discovery crypto metrics pattern healthcheck grok');
/** Plugins of Fluentd itself and those that are met most. A name that is nearly one of them is a mistake; there are hundreds of others. */
const PLUGINS: Readonly<Record<string, readonly string[]>> = {
  source: words('tail forward http syslog sample dummy exec udp tcp unix monitor_agent debug_agent gc_stat systemd prometheus prometheus_monitor prometheus_output_monitor'),
  match: words('stdout null forward file copy elasticsearch opensearch s3 loki kafka2 rdkafka2 rewrite_tag_filter relabel roundrobin exec exec_filter http secondary_file mongo cloudwatch_logs detect_exceptions datadog prometheus'),
  filter: words('record_transformer grep parser stdout kubernetes_metadata prometheus concat geoip record_modifier'),
};
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'source tail': words(`path tag pos_file pos_file_compaction_interval path_timezone exclude_path follow_inodes refresh_interval limit_recently_modified skip_refresh_on_startup read_from_head encoding
    from_encoding read_lines_limit read_bytes_limit_per_second multiline_flush_interval path_key rotate_wait enable_watch_timer enable_stat_watcher open_on_every_update emit_unmatched_lines
    ignore_repeated_permission_error max_line_size format keys time_key time_format`),
};
/** Keys of a match that moved into `<buffer>`, and what they are called there. */
const BUFFERED: Readonly<Record<string, string>> = { flush_interval: 'flush_interval', buffer_type: '@type', buffer_path: 'path', buffer_chunk_limit: 'chunk_limit_size', buffer_queue_limit: 'queue_limit_length' };

/** Judges a configuration of Fluentd 1: names, what 0.12 wrote otherwise, and which tags reach which section. */
export function judgeFluentd(file: FluentFile): FluentProblem[] {
  return [...file.problems, ...file.sections.flatMap((section) => judgeTop(section)), ...judgeTags(file)];
}

function judgeTop(section: Section): FluentProblem[] {
  if (!TOP.includes(section.name)) return [{ rule: 'unknown-section', range: section.range, message: `Found the section \`${section.name}\`, which Fluentd does not have.${hintAt(section.name, TOP)}` }];
  if (section.name === 'label' || section.name === 'worker') return section.sections.flatMap(judgeTop);
  return section.name === 'system' ? [] : judgePlugin(section);
}

function judgePlugin(section: Section): FluentProblem[] {
  const old = entryOf(section, 'type');
  const type = entryOf(section, '@type') ?? old;
  const nested = section.sections.flatMap(judgeNested);
  if (type === undefined) return [{ rule: 'missing-plugin', range: section.range, message: `Found a \`${section.name}\` without \`@type\`, expected it: it says which plugin this is. Add it.` }, ...nested];
  const plugins = PLUGINS[section.name] ?? [];
  const near = plugins.includes(type.value) || type.value.length < 4 ? undefined : plugins.find((one) => isNear(type.value, one));
  if (near !== undefined) return [{ rule: 'unknown-plugin', range: type.valueRange, message: `Found the ${section.name} \`${type.value}\`, which Fluentd does not have. Did you mean \`${near}\`?` }, ...nested];
  const lacksPosition = section.name === 'source' && type.value === 'tail' && entryOf(section, 'pos_file') === undefined;
  return [
    ...section.entries.flatMap((entry) => judgeEntry(section, type.value, entry)),
    ...(lacksPosition ? [{ rule: 'no-position' as const, range: type.valueRange, message: 'Found a `tail` without `pos_file`, expected one: after a restart it begins at the end of each file, and what came meanwhile is lost. Add `pos_file` with a path that survives restarts.' }] : []),
    ...nested,
  ];
}

function judgeNested(section: Section): FluentProblem[] {
  const near = NESTED.includes(section.name) ? undefined : NESTED.find((one) => isNear(section.name, one));
  if (near !== undefined) return [{ rule: 'unknown-section', range: section.range, message: `Found the section \`${section.name}\`, which Fluentd does not have. Did you mean \`${near}\`?` }];
  // Records have whatever sections their author wants.
  return section.name === 'record' ? [] : section.sections.flatMap(judgeNested);
}

function judgeEntry(section: Section, type: string, { key, keyRange, value }: Entry): FluentProblem[] {
  const say = (rule: FluentProblem['rule'], message: string): FluentProblem[] => [{ rule, range: keyRange, message }];
  if (key === 'type') return say('obsolete', 'Found `type`, which Fluentd 0.12 wrote, expected `@type`. Write that.');
  const parses = (section.name === 'source' && ['tail', 'syslog', 'tcp', 'udp', 'http'].includes(type)) || (section.name === 'filter' && type === 'parser');
  if (key === 'format' && (parses || (section.name === 'match' && ['file', 'stdout', 's3'].includes(type)))) {
    const inner = parses ? 'parse' : 'format';
    return say('obsolete', `Found \`format ${value}\` as Fluentd 0.12 wrote it, expected a section of its own. Write \`<${inner}>\`, in it \`@type ${value}\`, and \`</${inner}>\`.`);
  }
  const moved = section.name === 'match' ? BUFFERED[key] : undefined;
  if (moved !== undefined) return say('obsolete', `Found \`${key}\` beside the plugin's own keys, as Fluentd 0.12 wrote it, expected it in \`<buffer>\`${moved === key ? '' : `, as \`${moved}\``}. Move it there.`);
  const known = KEYS[`${section.name} ${type}`] ?? [];
  const meant = known.includes(key) || key.length < 4 ? undefined : known.find((one) => isNear(key, one));
  return meant === undefined ? [] : say('unknown-key', `Found the key \`${key}\`, which \`${type}\` does not know. Did you mean \`${meant}\`?`);
}

/** Sources that make no records, and plugins that give records a new tag. */
const SILENT = new Set(['monitor_agent', 'debug_agent', 'gc_stat', 'prometheus', 'prometheus_monitor', 'prometheus_output_monitor', 'prometheus_tail_monitor']);
const RETAG = /rewrite_tag|retag|detect_exceptions|route|relabel|record_modifier|forest|exec_filter|fields_autotype|anonymizer|geoip|datacounter|parser|labeled_tsv|ping|typecast|grepcounter/;

/** Only what reaches the top: labels have a routing of their own. */
function judgeTags({ sections, includes }: FluentFile): FluentProblem[] {
  const typeOf = (section: Section): string => (entryOf(section, '@type') ?? entryOf(section, 'type'))?.value ?? '';
  const sources = sections.filter((section) => section.name === 'source' && !SILENT.has(typeOf(section)) && entryOf(section, '@label') === undefined);
  const tags = [...new Set(sources.map((source) => entryOf(source, 'tag')?.value))];
  const takers = sections.filter(({ name }) => name === 'match' || name === 'filter');
  const isOpen = includes || sources.length === 0 || tags.some((tag) => tag === undefined || isFilledIn(tag)) || takers.some((taker) => taker.name === 'match' && RETAG.test(typeOf(taker)))
    || sections.some(({ name }) => name === 'worker' || name === 'label');
  const known = tags.flatMap((tag) => tag ?? []);
  return takers.flatMap(({ argument, argumentRange }): FluentProblem[] => {
    // No pattern takes everything; Fluentd's own messages are tagged `fluent`.
    if (isOpen || argument === '' || isFilledIn(argument) || /(?:^|\s)fluent\b/.test(argument) || known.some((tag) => fitsFluentd(argument, tag))) return [];
    return [{ rule: 'unmatched', range: argumentRange, message: `Found the pattern \`${argument}\`, and no source has such a tag: nothing comes here. Tags are ${known.slice(0, 8).map((tag) => `\`${tag}\``).join(', ')}. Correct one of them.` }];
  });
}
