import { isMap, parseDocument, type Document } from 'yaml';

export type Signal = 'traces' | 'metrics' | 'logs';
/** What stands behind an exporter: a service of the course, another Collector that counts, or the Collector's own log. */
export type Kind = 'Jaeger' | 'Loki' | 'Prometheus' | 'another Collector' | 'its own log';
/** An exporter of a pipeline, for each signal that it is used for. */
export interface Way {
  readonly exporter: string;
  readonly signal: Signal;
  readonly kind: Kind;
  /** As the file names it; empty for the log. */
  readonly host: string;
  readonly port: number;
  readonly protocol: 'grpc' | 'http';
  /** Receivers and connectors that the pipelines before it begin with. */
  readonly from: readonly string[];
}
/** How telemetry can be handed in. */
export interface Door {
  readonly receiver: string;
  readonly kind: 'http' | 'grpc' | 'file' | 'scrape';
  readonly signals: readonly Signal[];
  /** Port of OTLP; paths of files, as the file writes them; addresses that are scraped. */
  readonly port: number;
  readonly names: readonly string[];
}
export interface Plan {
  /** The file with shorter waiting times, and with files read from their beginning. */
  readonly config: string;
  readonly ways: readonly Way[];
  readonly doors: readonly Door[];
}
type Fields = Readonly<Record<string, unknown>>;
interface Pipeline {
  readonly signal: Signal;
  readonly receivers: readonly string[];
  readonly exporters: readonly string[];
}

const typeOf = (id: string): string => id.split('/', 1)[0] ?? id;
const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Fields : {});
const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** Where a file lets telemetry in, and where it sends it. @param text one that the Collector takes */
export function planTrial(text: string): Plan {
  const document = parseDocument(text);
  const file = fields(document.toJS());
  const pipelines = Object.entries(fields(fields(file['service'])['pipelines'])).flatMap(([name, value]): Pipeline[] => {
    const signal = typeOf(name);
    return signal === 'traces' || signal === 'metrics' || signal === 'logs' ? [{ signal, receivers: list(fields(value)['receivers']), exporters: list(fields(value)['exporters']) }] : [];
  });
  const exporters = fields(file['exporters']);
  const ways = Object.keys(exporters).flatMap((id) => (['traces', 'metrics', 'logs'] as const).flatMap((signal): Way[] => {
    const from = pipelines.filter((one) => one.signal === signal && one.exporters.includes(id)).flatMap(({ receivers }) => receivers);
    return from.length === 0 ? [] : [{ exporter: id, signal, from: [...new Set(from)], ...targetOf(id, fields(exporters[id]), signal) }];
  }));
  const doors = Object.entries(fields(file['receivers'])).flatMap(([id, value]) => doorsOf(id, fields(value), [...new Set(pipelines.filter(({ receivers }) => receivers.includes(id)).map(({ signal }) => signal))]));
  return { config: shorten(document), ways, doors };
}

function targetOf(id: string, exporter: Fields, signal: Signal): Pick<Way, 'kind' | 'host' | 'port' | 'protocol'> {
  if (typeOf(id) === 'debug') return { kind: 'its own log', host: '', port: 0, protocol: 'http' };
  const endpoint = String(exporter[`${signal}_endpoint`] ?? exporter['endpoint'] ?? '');
  const { hostname, port, pathname, protocol } = URL.parse(/^\w+:\/\//.test(endpoint) ? endpoint : `http://${endpoint}`) ?? { hostname: '', port: '', pathname: '', protocol: 'http:' };
  const kind = /prometheus/.test(`${typeOf(id)} ${hostname}`) || pathname.startsWith('/api/v1/otlp') ? 'Prometheus'
    : /loki/.test(hostname) || /^\/otlp\b/.test(pathname) ? 'Loki' : /jaeger/.test(hostname) ? 'Jaeger' : 'another Collector';
  return { kind, host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80), protocol: ['otlp', 'otlp_grpc'].includes(typeOf(id)) ? 'grpc' : 'http' };
}

function doorsOf(receiver: string, value: Fields, signals: readonly Signal[]): Door[] {
  const made = (kind: Door['kind'], more: Partial<Door> = {}): Door[] => (signals.length === 0 ? [] : [{ receiver, kind, signals, port: 0, names: [], ...more }]);
  const protocols = fields(value['protocols']);
  const portOf = (name: string, usual: number): number => Number(/:(\d+)$/.exec(String(fields(protocols[name])['endpoint'] ?? ''))?.[1] ?? usual);
  switch (typeOf(receiver)) {
    // One is enough: both lead to the same pipelines.
    case 'otlp': return 'http' in protocols ? made('http', { port: portOf('http', 4318) }) : made('grpc', { port: portOf('grpc', 4317) });
    case 'filelog':
    case 'file_log': return made('file', { names: list(value['include']) });
    case 'prometheus': return made('scrape', { names: listTargets(fields(value['config'])) });
    default: return [];
  }
}

function listTargets(config: Fields): string[] {
  const jobs = Array.isArray(config['scrape_configs']) ? config['scrape_configs'].map(fields) : [];
  return jobs.flatMap((job) => (Array.isArray(job['static_configs']) ? job['static_configs'].map(fields) : [])).flatMap(({ targets }) => list(targets));
}

/** Nobody shall wait half a minute for a decision that comes after a second as well. */
function shorten(document: Document): string {
  const each = (section: string, types: readonly string[], set: (path: readonly unknown[]) => void): void => {
    const map = document.get(section);
    if (isMap(map)) for (const { key } of map.items) if (types.includes(typeOf(String(key)))) set([section, String(key)]);
  };
  const replace = (path: readonly unknown[], value: unknown): void => {
    // A component without any settings is nothing in YAML, not a map.
    if (!isMap(document.getIn(path.slice(0, 2)))) document.setIn(path.slice(0, 2), document.createNode({}));
    document.setIn(path, value);
  };
  each('processors', ['tail_sampling'], (path) => replace([...path, 'decision_wait'], '1s'));
  each('connectors', ['spanmetrics', 'span_metrics'], (path) => replace([...path, 'metrics_flush_interval'], '1s'));
  each('processors', ['batch'], (path) => { if (document.hasIn([...path, 'timeout'])) replace([...path, 'timeout'], '200ms'); });
  each('receivers', ['filelog', 'file_log'], (path) => replace([...path, 'start_at'], 'beginning'));
  each('receivers', ['prometheus'], (path) => {
    const jobs = fields(fields(document.toJS())['receivers'])[String(path[1])];
    const count = Array.isArray(fields(fields(jobs)['config'])['scrape_configs']) ? (fields(fields(jobs)['config'])['scrape_configs'] as unknown[]).length : 0;
    for (let index = 0; index < count; index += 1) for (const key of ['scrape_interval', 'scrape_timeout']) document.setIn([...path, 'config', 'scrape_configs', index, key], '1s');
  });
  return document.toString();
}
