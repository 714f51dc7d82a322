import type { TextRange } from '../../model/place.ts';
import { labelKey, suffixOf, typeOf, type Family, type Format, type Label, type Problem, type Sample } from './model.ts';

const MAX_EXEMPLAR_CHARACTERS = 128;

/** Values that their type cannot have, histograms that do not add up, and exemplars where none may be. */
export function judgeValues(family: Family, format: Format): Problem[] {
  const type = typeOf(family);
  return [
    ...family.samples.flatMap((sample) => judgeValue(sample, family, type)),
    ...(type === 'histogram' || type === 'gaugehistogram' ? judgeHistograms(family, type, format) : []),
    ...family.samples.flatMap((sample) => judgeExemplar(sample, family, type)),
  ];
}

const wrong = (range: TextRange, message: string): Problem => ({ rule: 'wrong-value', range, message });

function judgeValue(sample: Sample, family: Family, type: string): Problem[] {
  const { value, valueRange } = sample;
  const suffix = suffixOf(sample, family);
  const counts = suffix === '_created' ? false : type === 'counter' || (['_bucket', '_count', '_gcount'].includes(suffix) && type !== 'unknown');
  if (counts && (Number.isNaN(value) || value < 0)) return [wrong(valueRange, `Found ${String(value)} in \`${sample.name}\`, expected 0 or more: it counts, and begins at 0. Write such a number, or make it a gauge.`)];
  if (['_bucket', '_count', '_gcount'].includes(suffix) && !Number.isInteger(value) && type !== 'unknown') return [wrong(valueRange, `Found ${String(value)} in \`${sample.name}\`, expected a whole number: it counts observations. Write how many there were.`)];
  if (type === 'info' && value !== 1) return [wrong(valueRange, `Found ${value} in an info, expected 1: what it says stands in its labels. Write 1.`)];
  if (type === 'stateset') return judgeState(sample, family.name);
  if (type === 'summary' && suffix === '') return judgeQuantile(sample);
  return [];
}

function judgeState({ value, valueRange, labels, range }: Sample, name: string): Problem[] {
  if (!labels.some((label) => label.name === name)) return [wrong(range, `Found no label \`${name}\`, expected one: in a stateset it names the state. Add \`${name}="…"\`.`)];
  return value === 0 || value === 1 ? [] : [wrong(valueRange, `Found ${value} in a stateset, expected 0 or 1: the state is on or off. Write one of them.`)];
}

function judgeQuantile({ labels, range }: Sample): Problem[] {
  const quantile = labels.find(({ name }) => name === 'quantile');
  if (quantile === undefined) return [wrong(range, 'Found a value of a summary without `quantile`, expected that label. Add `quantile="0.99"`, or correct the `# TYPE`.')];
  const number = toNumber(quantile.value);
  return number >= 0 && number <= 1 ? [] : [wrong(quantile.range, `Found the quantile \`${quantile.value}\`, expected a number from 0 to 1. Write 0.99 for the 99th percentile.`)];
}

interface Bucket {
  readonly le: number;
  readonly sample: Sample;
  readonly label: Label;
}

function judgeHistograms(family: Family, type: string, format: Format): Problem[] {
  const groups = Map.groupBy(family.samples.filter((sample) => suffixOf(sample, family) !== '_created'), ({ labels }) => labelKey(labels, 'le'));
  return [...groups.values()].flatMap((samples) => {
    const buckets: Bucket[] = [];
    for (const sample of samples.filter((one) => suffixOf(one, family) === '_bucket')) {
      const label = sample.labels.find(({ name }) => name === 'le');
      if (label === undefined) return [broken(sample.range, 'Found a bucket without `le`, expected that label: it says up to where the bucket counts. Add it.')];
      if (Number.isNaN(toNumber(label.value))) return [broken(label.range, `Found the bound \`${label.value}\`, expected a number or \`+Inf\`. Write one.`)];
      buckets.push({ le: toNumber(label.value), sample, label });
    }
    return judgeBuckets(buckets, samples, family, type === 'histogram' ? ['_count', '_sum'] : ['_gcount', '_gsum'], format);
  });
}

const broken = (range: TextRange, message: string): Problem => ({ rule: 'broken-histogram', range, message });

function judgeBuckets(buckets: readonly Bucket[], samples: readonly Sample[], family: Family, [count, sum]: readonly [string, string], format: Format): Problem[] {
  const first = samples[0] as Sample;
  const counted = samples.find((sample) => suffixOf(sample, family) === count);
  const summed = samples.find((sample) => suffixOf(sample, family) === sum);
  const last = buckets.at(-1);
  for (const [index, { le, sample, label }] of buckets.entries()) {
    const before = buckets[index - 1];
    if (before === undefined) continue;
    if (le <= before.le) return [broken(label.range, `Found the bound \`${label.value}\` after \`${before.label.value}\`, expected rising bounds. Sort the buckets by \`le\`.`)];
    if (sample.value < before.sample.value) return [broken(sample.valueRange, `Found ${sample.value} up to \`${label.value}\` after ${before.sample.value} up to \`${before.label.value}\`, expected at least as many: each bucket also counts those below it. Add them up.`)];
  }
  if (last?.le !== Infinity) return [broken((last?.sample ?? first).range, `Found no bucket \`le="+Inf"\` of \`${family.name}\` with these labels, expected one: it counts every observation. Add it.`)];
  if (counted !== undefined && counted.value !== last.sample.value) return [broken(counted.valueRange, `Found ${counted.value} in \`${counted.name}\` and ${last.sample.value} in the bucket \`+Inf\`, expected the same: both count every observation. Correct one.`)];
  const lacking = [...(counted === undefined ? [count] : []), ...(summed === undefined ? [sum] : [])];
  // OpenMetrics lets both be absent.
  const mayLack = format === 'openmetrics' && lacking.length === 2;
  return lacking.length === 0 || mayLack ? [] : [broken(last.sample.range, `Found no \`${family.name}${lacking.join(`\` and no \`${family.name}`)}\` with these labels, expected it beside the buckets. Add it.`)];
}

function judgeExemplar(sample: Sample, family: Family, type: string): Problem[] {
  const { exemplar } = sample;
  if (exemplar === undefined) return [];
  const report = (message: string): Problem[] => [{ rule: 'wrong-exemplar', range: exemplar.range, message }];
  const suffix = suffixOf(sample, family);
  if (!(type === 'counter' && suffix === '_total') && suffix !== '_bucket') return report(`Found an exemplar at \`${sample.name}\`, expected it only at buckets and at \`_total\`. Move it there, or remove it.`);
  const length = exemplar.labels.reduce((sum, { name, value }) => sum + [...name].length + [...value].length, 0);
  if (length > MAX_EXEMPLAR_CHARACTERS) return report(`Found an exemplar whose labels have ${length} characters, expected at most ${MAX_EXEMPLAR_CHARACTERS}. Keep the trace's id.`);
  const le = sample.labels.find(({ name }) => name === 'le');
  if (suffix === '_bucket' && le !== undefined && exemplar.value > toNumber(le.value)) return report(`Found an exemplar of ${exemplar.value} in the bucket up to \`${le.value}\`, expected one that it counts. Move it to its bucket.`);
  return [];
}

function toNumber(text: string): number {
  return text.trim() === '' ? NaN : Number(text.replace(/^([+-]?)Inf$/i, '$1Infinity'));
}
