import type { TextRange } from '../../model/place.ts';
import { valueRange, type Path } from '../compose/positions.ts';
import { suggest } from '../support/suggest.ts';
import { asFields, asList, isElided, isStandIn, readTemplate, selects, type Fields, type Manifest, type PodTemplate } from './manifest.ts';

/** Two places of manifests that do not fit. */
export interface Disagreement {
  readonly rule: 'unmatched-selector' | 'unknown-port';
  readonly range: TextRange;
  readonly message: string;
}
/** What a manifest is held against. */
export interface Neighbours {
  /** Manifests of its own file. */
  readonly file: readonly Manifest[];
  /** Manifests of its page, those of its file included. */
  readonly page: readonly Manifest[];
}

/** Selectors that select nothing, and port names that nobody has. What may stand on another page is not judged. */
export function judgeAgreement(manifest: Manifest, neighbours: Neighbours): Disagreement[] {
  const template = readTemplate(manifest);
  const spec = asFields(manifest.value['spec']);
  if (template !== undefined) return [...judgeWorkload(manifest, spec, template), ...judgeProbes(manifest, template)];
  if (manifest.kind === 'Service' && manifest.apiVersion === 'v1') return judgeService(manifest, spec, neighbours);
  return manifest.kind === 'ServiceMonitor' ? judgeMonitor(manifest, spec, neighbours) : [];
}

function judgeWorkload({ document }: Manifest, spec: Fields, { labels }: PodTemplate): Disagreement[] {
  const selector = asFields(asFields(spec['selector'])['matchLabels']);
  // A patch has no labels: it leaves those of the whole.
  if (Object.keys(labels).length === 0) return [];
  return Object.entries(selector).filter(([key, value]) => labels[key] !== value && !isStandIn(value) && !isStandIn(labels[key])).map(([key, value]) => ({
    rule: 'unmatched-selector',
    range: valueRange(document, ['spec', 'selector', 'matchLabels', key]),
    message: `Found \`${key}: ${String(value)}\` in the selector, and the template${key in labels ? `'s label is \`${String(labels[key])}\`` : ' has no such label'}: the API server refuses the manifest. Make both the same.`,
  }));
}

/** A probe names a port of its own container. */
function judgeProbes({ document }: Manifest, { containers, path }: PodTemplate): Disagreement[] {
  return containers.flatMap((container, index) => {
    const names = portNames([container]);
    return ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) => ['httpGet', 'tcpSocket'].flatMap((action): Disagreement[] => {
      const port = asFields(asFields(container[probe])[action])['port'];
      if (typeof port !== 'string' || /^\d+$/.test(port) || names.includes(port) || names.length === 0 || isStandIn(port)) return [];
      return [misnamed(document, [...path, 'containers', index, probe, action, 'port'], port, `the container names only ${list(names)}`, names)];
    }));
  });
}

function judgeService({ document }: Manifest, spec: Fields, { file, page }: Neighbours): Disagreement[] {
  const selector = asFields(spec['selector']);
  const templates = (manifests: readonly Manifest[]): PodTemplate[] => manifests.flatMap((one) => readTemplate(one) ?? []);
  const selected = templates(page).filter(({ labels }) => selects(selector, labels));
  if (selected.length > 0) {
    if (selected.some(({ manifest }) => isElided(manifest.block.text))) return [];
    const names = portNames(selected.flatMap(({ containers }) => containers));
    return asList(spec['ports']).flatMap((port, index): Disagreement[] => {
      const { targetPort } = asFields(port);
      if (typeof targetPort !== 'string' || /^\d+$/.test(targetPort) || names.includes(targetPort) || isStandIn(targetPort)) return [];
      const rest = names.length === 0 ? 'They name none.' : `They name ${list(names)}.`;
      return [misnamed(document, ['spec', 'ports', index, 'targetPort'], targetPort, 'no container that the service selects names one so', names, rest)];
    });
  }
  const near = templates(file).filter(({ labels }) => Object.keys(selector).some((key) => key in labels));
  const differing = Object.entries(selector).find(([key, value]) => !isStandIn(value) && near.some(({ labels }) => key in labels) && !near.some(({ labels }) => labels[key] === value));
  if (differing === undefined) return [];
  const [key, value] = differing;
  const known = [...new Set(near.flatMap(({ labels }) => (key in labels ? [`\`${key}: ${String(labels[key])}\``] : [])))];
  return [{ rule: 'unmatched-selector', range: valueRange(document, ['spec', 'selector', key]), message: `Found \`${key}: ${String(value)}\` in the selector, and no pod template of this file has that label: the service sends nothing anywhere. Templates have ${known.join(', ')}. Make both the same.` }];
}

/** The Prometheus operator's: it names ports of services, not of containers. */
function judgeMonitor({ document }: Manifest, spec: Fields, { page }: Neighbours): Disagreement[] {
  const selector = asFields(asFields(spec['selector'])['matchLabels']);
  const services = page.filter(({ kind, value, block }) => kind === 'Service' && !isElided(block.text) && selects(selector, asFields(asFields(value['metadata'])['labels'])));
  if (services.length === 0) return [];
  const names = services.flatMap(({ value }) => asList(asFields(value['spec'])['ports'])).flatMap((port) => nameOf(port));
  return asList(spec['endpoints']).flatMap((endpoint, index): Disagreement[] => {
    const { port } = asFields(endpoint);
    if (typeof port !== 'string' || names.includes(port) || isStandIn(port)) return [];
    return [misnamed(document, ['spec', 'endpoints', index, 'port'], port, 'no service that the monitor selects names one so', names, names.length === 0 ? 'They name none.' : `They name ${list(names)}.`)];
  });
}

function misnamed(document: Manifest['document'], path: Path, port: string, why: string, names: readonly string[], rest = ''): Disagreement {
  const near = suggest(port, names);
  const advice = near === undefined ? `${rest} Name one of those, or name the port.` : `Did you mean \`${near}\`?`;
  return { rule: 'unknown-port', range: valueRange(document, path), message: `Found the port \`${port}\`, and ${why}. ${advice.trim()}` };
}

const list = (names: readonly string[]): string => [...new Set(names)].map((name) => `\`${name}\``).join(', ');
const portNames = (containers: readonly Fields[]): string[] => containers.flatMap((container) => asList(container['ports']).flatMap(nameOf));

function nameOf(port: unknown): string[] {
  const { name } = asFields(port);
  return typeof name === 'string' ? [name] : [];
}
