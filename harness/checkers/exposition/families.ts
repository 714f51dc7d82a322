import { labelKey, suffixOf, SUFFIXES, typeOf, type Descriptor, type Family, type Format, type Line, type Problem, type Sample } from './model.ts';

/** Every suffix that a sample's name may have beyond its metric's, longest first. */
const ALL_SUFFIXES = ['_created', '_bucket', '_gcount', '_count', '_total', '_gsum', '_info', '_sum'];

/**
 * Puts lines together to metrics, and says which stand in the wrong order or twice.
 * @param lines of a text without broken ones
 */
export function collectFamilies(lines: readonly Line[], format: Format): { readonly families: readonly Family[]; readonly problems: readonly Problem[] } {
  const families = new Map<string, Family>();
  const problems: Problem[] = [];
  let current: Family | undefined;
  for (const line of lines) {
    if (line.kind !== 'sample' && line.kind !== 'descriptor') continue;
    const name = line.kind === 'descriptor' ? line.name : familyName(line, families, format);
    const known = families.get(name);
    const family: Family = known ?? { name, descriptors: new Map(), samples: [] };
    families.set(name, family);
    const split = known !== undefined && known !== current;
    if (split) problems.push({ rule: 'wrong-order', range: line.range, message: `Found \`${name}\` again after lines of \`${current?.name}\`, expected all lines of a metric together. Move this line up to the others.` });
    if (line.kind === 'descriptor') problems.push(...addDescriptor(line, family, split));
    else family.samples.push(line);
    current = family;
  }
  return { families: [...families.values()], problems };
}

/** The family whose type knows the sample's suffix; else a family of its own. */
function familyName(sample: Sample, families: ReadonlyMap<string, Family>, format: Format): string {
  for (const suffix of ALL_SUFFIXES) {
    if (!sample.name.endsWith(suffix)) continue;
    const family = families.get(sample.name.slice(0, -suffix.length));
    if (family !== undefined && SUFFIXES[format][typeOf(family)]?.includes(suffix)) return family.name;
  }
  return sample.name;
}

function addDescriptor(line: Descriptor, family: Family, split: boolean): Problem[] {
  if (family.descriptors.has(line.keyword)) {
    return [{ rule: 'duplicate', range: line.range, message: `Found a second \`# ${line.keyword}\` of \`${line.name}\`, expected one. Remove one.` }];
  }
  const late = family.samples.length > 0 && !split;
  family.descriptors.set(line.keyword, line);
  return late ? [{ rule: 'wrong-order', range: line.range, message: `Found \`# ${line.keyword}\` of \`${line.name}\` after its first value, expected it before. Move it up.` }] : [];
}

/** Names that do not suit the type, units that the name lacks, and values that stand twice. */
export function judgeFamily(family: Family, format: Format): Problem[] {
  return [
    ...family.samples.flatMap((sample) => judgeName(sample, family, format)),
    ...judgeUnit(family),
    ...judgeDescriptors(family, format),
    ...family.samples.flatMap(judgeLabels),
    ...findDuplicates(family.samples, format),
  ];
}

function judgeName(sample: Sample, family: Family, format: Format): Problem[] {
  const type = typeOf(family);
  const allowed = SUFFIXES[format][type === 'unknown' && format === 'prometheus' ? 'untyped' : type] ?? [];
  if (allowed.includes(suffixOf(sample, family))) return [];
  const found = sample.nameRange.length === 0 ? sample.range : sample.nameRange;
  if (type === 'counter' && family.name.endsWith('_total')) {
    const bare = family.name.slice(0, -'_total'.length);
    return [{ rule: 'wrong-name', range: family.descriptors.get('TYPE')?.range ?? found, message: `Found the counter \`${family.name}\`, expected its \`# TYPE\` and \`# HELP\` without \`_total\`: in OpenMetrics that belongs to the value only. Write \`${bare}\` there.` }];
  }
  const names = allowed.map((suffix) => `\`${family.name}${suffix}\``).join(', ');
  return [{ rule: 'wrong-name', range: found, message: `Found a value \`${sample.name}\` of a ${type}, expected ${names}. Rename it, or correct the \`# TYPE\`.` }];
}

/** A HELP or a TYPE alone, of something without a value, is the name of its neighbour misspelt; `_total` is what only counters end in. */
function judgeDescriptors({ name, descriptors, samples }: Family, format: Format): Problem[] {
  const [only] = [...descriptors.values()];
  if (samples.length === 0 && descriptors.size === 1 && only !== undefined) return [{ rule: 'wrong-name', range: only.range, message: `Found \`# ${only.keyword} ${name}\` alone, expected a value of it, or HELP and TYPE together: nothing else speaks of \`${name}\`. Write the name that the lines around it have.` }];
  const type = descriptors.get('TYPE');
  if (format !== 'prometheus' || type?.text !== 'gauge' || !name.endsWith('_total')) return [];
  return [{ rule: 'wrong-name', range: type.textRange, message: `Found the gauge \`${name}\`, expected a counter: \`_total\` is how the names of counters end, and readers will take its \`rate\`. Correct the type, or the name.` }];
}

function judgeUnit(family: Family): Problem[] {
  const unit = family.descriptors.get('UNIT');
  if (unit === undefined || unit.text === '') return [];
  if (['info', 'stateset'].includes(typeOf(family))) return [{ rule: 'wrong-name', range: unit.textRange, message: `Found the unit \`${unit.text}\` of \`${family.name}\`, expected none: an ${typeOf(family)} has no unit. Remove the line.` }];
  return family.name.endsWith(`_${unit.text}`) ? [] : [{ rule: 'wrong-name', range: unit.textRange, message: `Found the unit \`${unit.text}\` of \`${family.name}\`, expected a name that ends in \`_${unit.text}\`. Rename the metric, or correct the unit.` }];
}

function judgeLabels({ labels, exemplar }: Sample): Problem[] {
  return [labels, exemplar?.labels ?? []].flatMap((set) => set.flatMap((label, index): Problem[] => {
    const isSecond = set.slice(0, index).some(({ name }) => name === label.name);
    return isSecond ? [{ rule: 'duplicate', range: label.range, message: `Found the label \`${label.name}\` a second time, expected it once. Remove one.` }] : [];
  }));
}

/** One series has one value; in OpenMetrics several, as long as their times rise. */
function findDuplicates(samples: readonly Sample[], format: Format): Problem[] {
  const seen = new Map<string, Sample>();
  return samples.flatMap((sample): Problem[] => {
    const key = `${sample.name}${labelKey(sample.labels)}`;
    const before = seen.get(key);
    seen.set(key, sample);
    if (before === undefined) return [];
    const rises = before.timestamp !== undefined && sample.timestamp !== undefined && sample.timestamp > before.timestamp;
    if (format === 'openmetrics' && rises) return [];
    return [{ rule: 'duplicate', range: sample.range, message: 'Found a series that stands above already: same name, same labels. Prometheus keeps one of the values. Remove a line, or add the label that tells them apart.' }];
  });
}
