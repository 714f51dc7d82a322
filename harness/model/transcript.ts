import type { AttributeValue, Labels } from './dataset.ts';

/** A value as Prometheus prints it, rounded to 12 significant digits: `"0.25"`, `"NaN"`, `"+Inf"`. */
export type Value = string;
export interface VectorOutput {
  readonly kind: 'vector';
  readonly atMs: number;
  /** Sorted by labels. Native histogram results carry `histogram` in Prometheus' own JSON form. */
  readonly samples: readonly { readonly labels: Labels; readonly value: Value }[];
}
export interface MatrixOutput {
  readonly kind: 'matrix';
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly series: readonly { readonly labels: Labels; readonly points: readonly (readonly [timestampMs: number, value: Value])[] }[];
}
export interface LogsOutput {
  readonly kind: 'logs';
  readonly startMs: number;
  readonly endMs: number;
  /** Oldest first. */
  readonly entries: readonly { readonly timestampNs: string; readonly labels: Labels; readonly line: string }[];
  /** How many lines matched; `entries` may stop earlier. */
  readonly total: number;
}
export interface TranscriptSpan {
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly service: string;
  readonly operation: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}
export interface TracesOutput {
  readonly kind: 'traces';
  /** Traces in order of start; spans in order of start, parents first. May stop earlier than `total`. */
  readonly traces: readonly { readonly traceId: string; readonly spans: readonly TranscriptSpan[] }[];
  /** How many stored traces matched. */
  readonly total: number;
}
/** The tool refused, as the author said it would (`rejects=`). */
export interface RejectionOutput {
  readonly kind: 'rejection';
  readonly tool: string;
  readonly message: string;
}
export interface ProcessOutput {
  readonly kind: 'process';
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}
/** What three real backends got from a live service. */
export interface ServiceOutput {
  readonly kind: 'service';
  readonly stdout: string;
  /** The exposition that Prometheus scraped last, lines without comments; process metrics left out. */
  readonly exposition: string;
  readonly contentType: string;
  readonly scrapes: number;
  /** Series that Prometheus answers for the service's job, `up` included. */
  readonly series: readonly { readonly labels: Labels; readonly value: Value }[];
  readonly logLines: readonly string[];
  readonly traces: readonly { readonly traceId: string; readonly spans: readonly TranscriptSpan[] }[];
}
/** What one alerting rule did over one dataset, in virtual time. */
export interface AlertRun {
  readonly alert: string;
  readonly dataset: string;
  /** Milliseconds of the dataset's clock; undefined when it never got there. */
  readonly pendingMs: number | undefined;
  readonly firingMs: number | undefined;
  readonly resolvedMs: number | undefined;
  /** When the fault of the dataset begins. */
  readonly faultStartMs: number | undefined;
  readonly labels: Labels;
  readonly annotations: Labels;
}
/** One webhook call of a real Alertmanager. */
export interface Notification {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly groupLabels: Labels;
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Labels;
    readonly annotations: Labels;
    readonly startsAt: string;
    readonly generatorURL: string;
  }[];
  readonly externalURL: string;
}
export interface RulesOutput {
  readonly kind: 'rules';
  /** In order of attributes: datasets where it fires, then quiet, never and control ones. */
  readonly runs: readonly AlertRun[];
  /** Exact: posted with the times of virtual time to an Alertmanager with the course's routing. */
  readonly notifications: readonly Notification[];
  /** The whole chain Prometheus → Alertmanager → webhook carried these alerts once (names, sorted). */
  readonly carried: readonly string[];
}
/** A notification, and the kinds of channel of its receiver that got it (`slack`, `pagerduty`): our webhook stood in for each. */
export interface ChannelNotification extends Notification {
  readonly channels: readonly string[];
}
/** Whom a real Alertmanager told of which alerts, with the routes, grouping and inhibition of a block. */
export interface RoutingOutput {
  readonly kind: 'routing';
  /** In order of the file. `channels` is empty where nobody is told; `told` counts its messages that say firing. */
  readonly receivers: readonly { readonly name: string; readonly channels: readonly string[]; readonly told: number }[];
  /** In order of time. `inhibitedBy` names alerts that kept it back for as long as they fired. */
  readonly alerts: readonly {
    readonly labels: Labels;
    readonly firingMs: number;
    readonly resolvedMs: number | undefined;
    readonly receivers: readonly string[];
    readonly inhibitedBy: readonly string[];
  }[];
  /** In order of time, then of receivers. */
  readonly notifications: readonly ChannelNotification[];
}
/** What a real Prometheus made of its configuration, as its status pages say. Durations as Prometheus prints them. */
export interface ConfigurationOutput {
  readonly kind: 'configuration';
  readonly jobs: readonly {
    readonly job: string;
    readonly interval: string;
    readonly timeout: string;
    /** Sorted by address. */
    readonly targets: readonly { readonly url: string; readonly labels: Labels }[];
    /** Targets that relabelling dropped. */
    readonly dropped: number;
  }[];
  /** `file` relative to the configuration. */
  readonly ruleGroups: readonly {
    readonly file: string;
    readonly name: string;
    readonly interval: string;
    readonly rules: readonly { readonly kind: 'alert' | 'record'; readonly name: string }[];
  }[];
  /** Addresses to which alerts would be sent. */
  readonly alertmanagers: readonly string[];
}
/** What every panel of a dashboard shows, as real backends answer it. */
export interface DashboardOutput {
  readonly kind: 'dashboard';
  readonly title: string;
  readonly startMs: number;
  readonly endMs: number;
  /** In order of the file, with every value that a reader can choose. */
  readonly variables: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly panels: readonly {
    readonly title: string;
    readonly type: string;
    /** Grafana's id of it: `s`, `percentunit`. */
    readonly unit?: string;
    /** Why nothing was asked. */
    readonly unasked?: string;
    /** Of each query, as the dashboard opens, then with each other value of its variables. */
    readonly answers: readonly {
      readonly refId: string;
      /** As it was asked. */
      readonly query: string;
      readonly variables: Labels;
      readonly of: 'series' | 'lines' | 'traces';
      /** `series` may stop earlier. */
      readonly total: number;
      /** The last value of each. */
      readonly series: readonly { readonly legend?: string; readonly labels: Labels; readonly value: Value }[];
      /** The last line, where there are not too many. */
      readonly last?: string;
    }[];
  }[];
}
/** What came out of something that was handed in. */
export interface Delivery {
  readonly signal: 'logs' | 'metrics' | 'traces';
  /** What was handed in, and how: `2 lines pushed as {…}`. */
  readonly given: string;
  /** Where it was looked for, in words: `asked {…}`, or the exporter that it came by: `otlp/jaeger`. */
  readonly at: string;
  /** The service that was asked, where `at` is the way to it: `Jaeger`. */
  readonly to?: string;
  /** One line each, without times and ids, sorted; empty: nothing came. */
  readonly found: readonly string[];
}
/** What a server made of its configuration, and of what it was given: Loki, the OpenTelemetry Collector. */
export interface TrialOutput {
  readonly kind: 'trial';
  /** By key of the file, defaults filled in where the server says them. A key may come twice. */
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  readonly deliveries: readonly Delivery[];
}
/** What the services of a Compose file did once they were started. */
export interface ComposeOutput {
  readonly kind: 'compose';
  /** In order of the file. */
  readonly services: readonly {
    readonly name: string;
    readonly image: string;
    /** `healthy`: its own health check passes. `ready`: its image's own word for it. `running`: there was nothing to ask. */
    readonly state: 'healthy' | 'ready' | 'running';
    /** What was asked, and the answer: `GET :9090/-/ready: 200`. */
    readonly said: string | undefined;
    /** `answered` is undefined where nobody can tell, as with UDP. */
    readonly ports: readonly { readonly published: string | undefined; readonly target: number; readonly answered: boolean | undefined }[];
  }[];
  /** What each Prometheus of the file fetches. `outside`: its host is no service of the file, and was not there. */
  readonly targets: readonly { readonly service: string; readonly job: string; readonly url: string; readonly health: 'up' | 'outside' }[];
}
export type Output =
  | VectorOutput | MatrixOutput | LogsOutput | TracesOutput | RejectionOutput | ProcessOutput | ServiceOutput | RulesOutput
  | RoutingOutput | ConfigurationOutput | DashboardOutput | TrialOutput | ComposeOutput;

export interface BackendVersion {
  readonly name: string;
  readonly version: string;
}
/** `docs/transcripts/<page>/<block>.json`: the stored answer of a block. */
export interface Transcript {
  readonly formatVersion: 1;
  readonly block: string;
  /** Hash over shown and hidden lines, attributes, dataset, and the backends' name, version and configuration. */
  readonly key: string;
  /** What the key was made with, beside the block: names in `lock.json`. The site recomputes the key from these. */
  readonly uses: { readonly datasets: readonly string[]; readonly backends: readonly string[] };
  /** The dataset whose clock the answer is on; undefined for a live block. */
  readonly dataset: string | undefined;
  /** What answered, for people. */
  readonly backends: readonly BackendVersion[];
  readonly output: Output;
}
/** `docs/transcripts/lock.json`: what the site needs to recompute a key without simulating or starting anything. */
export interface TranscriptLock {
  readonly formatVersion: 1;
  /** Dataset name → SHA-256 of its three signals, and its clock. */
  readonly datasets: Readonly<Record<string, {
    readonly sha256: string;
    readonly startMs: number;
    readonly endMs: number;
    readonly faultStartMs?: number;
    readonly faultEndMs?: number;
  }>>;
  /** Backend name → version and SHA-256 of its configuration. */
  readonly backends: Readonly<Record<string, { readonly version: string; readonly configSha256: string }>>;
}
