import { changesAt, changesInQueries, misspell, type Change, type Fault, type Sample } from '../fault.ts';

/** Names that people take for one another. Not `job` and `service`: in the course they say the same. */
const MISTAKEN: Readonly<Record<string, string>> = {
  service: 'app', job: 'app', status: 'code', code: 'status', route: 'path', path: 'route', instance: 'host', peer: 'target', level: 'severity', le: 'bucket', severity: 'priority', method: 'verb',
};

/** A label of another name, another value of it, or one fewer in a list of them. */
export const label: Fault = {
  name: 'label',
  seed: (sample) => {
    if (sample.dialect === 'exposition') return inBraces(sample);
    return [...inSelectors(sample), ...inGroupings(sample), ...(sample.queries.length > 0 && sample.dialect !== 'rules' ? [] : inCode(sample)), ...inYaml(sample)];
  },
};

function inSelectors(sample: Sample): Change[] {
  return [
    ...changesInQueries(sample, /[{,]\s*(?<at>[a-z_]\w*)\s*(?:=~|!~|!=|=)\s*\\?"/, rename),
    ...changesInQueries(sample, /[{,]\s*[a-z_]\w*\s*(?:=~|!~|!=|=)\s*\\?"(?<at>[^"\n]+?)\\?"/, otherValue),
  ];
}

function inGroupings(sample: Sample): Change[] {
  return changesInQueries(sample, /\b(?:by|without|on|ignoring)\s*\((?<at>[^()]+)\)/, (found) => {
    const names = found.split(',').map((name) => name.trim());
    return names.length > 1 ? names.map((_, left) => names.filter((__, index) => index !== left).join(', ')) : [rename(names[0] ?? '')];
  });
}

function inBraces({ text }: Sample): Change[] {
  return changesAt(text, /[{,](?<at>[a-z_]\w*)="/, rename);
}

function inCode({ dialect, text }: Sample): Change[] {
  if (dialect === 'typescript') return changesAt(text, /labelNames:\s*\[(?<at>[^\]]*)\]/, dropLast);
  if (dialect === 'python') return changesAt(text, /(?:Counter|Gauge|Histogram|Summary)\([^[\]()]*\[(?<at>"[^\]]*)\]/, dropLast);
  return [];
}

function inYaml({ dialect, text }: Sample): Change[] {
  if (dialect === 'rules') return [...changesAt(text, /^\s+severity:\s*(?<at>\S+)/m, (found) => (found === 'page' ? 'ticket' : 'page'))];
  if (dialect === 'alertmanager-config') return [
    ...changesAt(text, /(?:group_by|equal):\s*\[(?<at>[^\]]*)\]/, (found) => found.split(',').map((_, left, names) => names.filter((__, index) => index !== left).map((name) => name.trim()).join(', '))),
    ...changesAt(text, /matchers:\s*\[\s*(?<at>\w+)\s*[=!]/, rename), ...changesAt(text, /matchers:\s*\[\s*\w+\s*[=!]~?\s*(?<at>[\w-]+)/, otherValue),
  ];
  if (dialect === 'prometheus-config') return changesAt(text, /^\s+labels:\s*\n\s+(?<at>\w+):/m, rename);
  return [];
}

function rename(name: string): string {
  return MISTAKEN[name] ?? misspell(name);
}

/** `5..` → `4..`: as well formed as before, and of something else. */
function otherValue(value: string): string {
  if (/^[45]/.test(value)) return `${value.startsWith('5') ? '4' : '5'}${value.slice(1)}`;
  return /^[\d.]+$/.test(value) ? String(Number(value) * 2) : /\w$/.test(value) ? misspell(value) : `x${value}`;
}

function dropLast(list: string): string | undefined {
  const names = list.split(',').map((name) => name.trim()).filter(Boolean);
  return names.length > 1 ? names.slice(0, -1).join(', ') : undefined;
}
