import { changesAt, misspell, type Fault } from '../fault.ts';

const YAML = ['rules', 'prometheus-config', 'alertmanager-config', 'compose', 'loki-config', 'collector-config'];

/** A key of a configuration, an option of a call or a flag of a command that is almost right. */
export const configKey: Fault = {
  name: 'config key',
  seed: ({ dialect, text }) => {
    if (dialect === 'grafana-provisioning') return changesAt(text, /(?<=^|[\s{,])(?<at>datasources|jsonData|derivedFields|matcherRegex|datasourceUid|exemplarTraceIdDestinations|tracesToLogsV2|isDefault|uid|type|url)(?=:)/m, misspell);
    // What stands under `labels:` and `annotations:` is the author's to name; so are the services of a Compose file.
    if (YAML.includes(dialect)) return changesAt(text, /^\s*(?:- )?(?<at>groups|rules|alert|record|expr|for|labels|annotations|[a-z]+_[a-z_]+|receiver|receivers|route|routes|matchers|equal|targets|image|command|ports|volumes|services|environment|alerting|global)(?=:)/m, misspell);
    if (dialect === 'dashboard') return changesAt(text, /"(?<at>panels|targets|expr|datasource|fieldConfig|defaults|unit|gridPos|options|templating|schemaVersion|uid)"(?=\s*:)/, misspell);
    if (dialect === 'typescript') return changesAt(text, /^\s+(?<at>help|labelNames|buckets|base|timestamp|formatters|resource|spanProcessors|exporter|mixin|kind|name)(?=:)/m, misspell);
    if (dialect === 'python') return changesAt(text, /[(,]\s*(?<at>buckets|processors|logger_factory|resource|attributes|context|kind|content_type|methods|threaded)(?==)/, misspell);
    if (dialect === 'shell') return changesAt(text, /\s(?<at>--[a-z][\w-]+)/, misspell);
    if (dialect === 'jaeger') return changesAt(text, /^(?<at>\w+)=/m, misspell);
    if (dialect === 'mermaid') return changesAt(text, /^\s*(?<at>accTitle|accDescr|flowchart|sequenceDiagram|participant|stateDiagram-v2|gantt|timeline|graph)\b/m, (found) => `${found.slice(0, -2)}${found.slice(-1)}${found.slice(-2, -1)}`);
    return [];
  },
};
