import type { Backend } from '../model/backend.ts';
import { alerting } from './alerting.ts';
import { alertmanager } from './alertmanager.ts';
import { collectorConfig } from './collector-config.ts';
import { composeRun } from './compose-run.ts';
import { dashboard } from './dashboard.ts';
import { exposition } from './exposition.ts';
import { jaeger } from './jaeger.ts';
import { live } from './live.ts';
import { loki } from './loki.ts';
import { lokiConfig } from './loki-config.ts';
import { lokiRules } from './loki-rules.ts';
import { prometheus } from './prometheus.ts';
import { prometheusConfig } from './prometheus-config.ts';
import { sandbox } from './sandbox.ts';
import { shell } from './shell.ts';

/** Every service that executes blocks. A new one is a file beside this and a line here. */
export const backends: readonly Backend[] = [prometheus, loki, jaeger, alerting, sandbox, shell, live, exposition, alertmanager, prometheusConfig, lokiConfig, collectorConfig, lokiRules, dashboard, composeRun];
