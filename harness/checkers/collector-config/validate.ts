import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from 'yaml';
import type { TextRange } from '../../model/place.ts';
import { HarnessError } from '../../model/verdict.ts';
import { keyRange, valueRange, type Path } from '../compose/positions.ts';
import { placeRefusal } from '../support/config-tool.ts';
import { runTool } from '../../model/run-tool.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../model/temporary.ts';

export interface Validation {
  /** Path of the program. */
  readonly otelcol: string;
  readonly text: string;
  readonly document: Document;
}
interface Refusal {
  readonly range: TextRange;
  readonly message: string;
}
/** Asks `otelcol validate`, which starts nothing. @returns all that it refuses, in order of the file @throws HarnessError `checker-crashed`, `cancelled` */
export async function validateCollector({ otelcol, text, document }: Validation, signal: AbortSignal): Promise<Refusal[]> {
  const folder = await makeTemporaryFolder('check-otelcol');
  try {
    await writeFile(join(folder, 'collector.yaml'), `${text}\n`);
    const { code, stdout, stderr } = await runTool(otelcol, ['validate', '--config=collector.yaml'], { cwd: folder, signal });
    if (code === 0) return [];
    const said = /^Error: ([\s\S]*)/m.exec(`${stdout}\n${stderr}`)?.[1];
    if (said === undefined) throw new HarnessError('checker-crashed', 'otelcol validate failed without saying why', { logTail: stdout + stderr });
    return readRefusals(said, document);
  } finally {
    await removeTemporaryFolder(folder);
  }
}

/** Its sections are read in no order. @param said what follows `Error: ` @returns in order of the file */
export function readRefusals(said: string, document: Document): Refusal[] {
  const lines = said.replace(/^failed to get config: /, '').split('\n').map((line) => line.trim()).filter((line) => line !== '' && !/^(?:cannot unmarshal the configuration|decoding failed due to)/.test(line));
  let base: Path = [];
  const found = lines.flatMap((line): Refusal[] => {
    const component = /^'(\w+)' error reading configuration for "([^"]+)": (.*)$/.exec(line);
    if (component !== null) {
      base = [component[1] ?? '', component[2] ?? ''];
      return component[3]?.startsWith('decoding failed') === true ? [] : [refuse(base, component[3] ?? '', document)];
    }
    const within = /^'([^']*)' decoding failed due to/.exec(line)?.[1];
    if (within !== undefined) {
      base = nearest(base, readPath(within), document);
      return [];
    }
    const invalid = /^'([^']*)' has invalid keys: (.+)$/.exec(line);
    if (invalid !== null) return (invalid[2] ?? '').split(',').map((key) => explainKey([...nearest(base, readPath(invalid[1] ?? ''), document), key.trim()], document));
    const at = /^'([^']+)' (.+)$/.exec(line);
    if (at !== null) return [refuse(nearest(base, readPath(at[1] ?? ''), document), at[2] ?? '', document)];
    return [explainRest(line, document)];
  });
  return found.sort((left, right) => left.range.offset - right.range.offset);
}

/** `protocols.http`, `policies[0]`; a type of Go (`otlpreceiver.HTTPConfig`) is no path. */
function readPath(words: string): Path {
  return /\.[A-Z]/.test(words) ? [] : words.split(/[.[\]]+/).filter((part) => part !== '').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** Below where the last words were about, or, where there is no such thing, below its component. */
function nearest(base: Path, path: Path, document: Document): Path {
  const whole = [...base, ...path];
  if (path.length === 0 || document.hasIn(whole)) return whole;
  const atComponent = [...base.slice(0, 2), ...path];
  return document.hasIn(atComponent) ? atComponent : base;
}

function explainKey(path: Path, document: Document): Refusal {
  const owner = path.length === 1 ? 'the Collector' : `\`${path.slice(1, -1).join('.')}\``;
  return { range: keyRange(document, path), message: `Found the key \`${String(path.at(-1))}\`, which ${owner} does not know here. Correct it, or indent it so that it belongs elsewhere.` };
}

function refuse(path: Path, words: string, document: Document): Refusal {
  const value = document.getIn(path);
  const found = typeof value === 'string' || typeof value === 'number' ? ` \`${String(value)}\`` : '';
  return { range: found === '' ? keyRange(document, path) : valueRange(document, path), message: `The Collector refuses${found} in \`${path.slice(1).join('.')}\`: ${words.replace(/\.?$/, '.')} Correct it here.` };
}

/** What it says of a file that it could read: `exporters::otlp_grpc: …`, or of a component that a pipeline cannot have. */
function explainRest(line: string, document: Document): Refusal {
  const [, where = '', words = ''] = /^([a-z]+(?:::[\w./-]+)+): (.*)$/.exec(line) ?? [];
  if (where !== '') {
    const path = where.split('::');
    return refuse(nearest(path.slice(0, 2), path.slice(2), document), words, document);
  }
  const [, id = '', kind = '', pipeline = ''] = /failed to create "([^"]+)" (\w+), in pipeline "([^"]+)"/.exec(line) ?? [];
  if (id !== '') {
    const list: Path = ['service', 'pipelines', pipeline, `${kind}s`];
    const items = (document.toJS() as Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>>>>)['service']?.['pipelines']?.[pipeline]?.[`${kind}s`] ?? [];
    return { range: valueRange(document, [...list, items.indexOf(id)]), message: `Found the ${kind} \`${id}\` in a pipeline of ${pipeline.split('/', 1)[0] ?? ''}, which it cannot be in: ${/: ([^:]+)$/.exec(line)?.[1] ?? ''}. Take it out of this pipeline.` };
  }
  return { range: placeRefusal({ text: document.toString() }, line), message: `The Collector refuses this: ${line.replace(/\.?$/, '.')} Correct it here.` };
}
