import type { Checker } from '../model/checker.ts';
import { alertmanagerConfig } from './alertmanager-config.ts';
import { collectorConfig } from './collector-config.ts';
import { compose } from './compose.ts';
import { dashboard } from './dashboard.ts';
import { diffOf } from './diff.ts';
import { dockerfile } from './dockerfile.ts';
import { exposition } from './exposition.ts';
import { fluent } from './fluent.ts';
import { grafanaProvisioning } from './grafana-provisioning.ts';
import { http } from './http.ts';
import { jaeger } from './jaeger.ts';
import { json } from './json.ts';
import { kubernetes } from './kubernetes.ts';
import { logql } from './logql.ts';
import { lokiConfig } from './loki-config.ts';
import { lokiRules } from './loki-rules.ts';
import { mermaid } from './mermaid.ts';
import { prometheusConfig } from './prometheus-config.ts';
import { promql } from './promql.ts';
import { python } from './python.ts';
import { ruleTests } from './rule-tests.ts';
import { rules } from './rules.ts';
import { shell } from './shell.ts';
import { sql } from './sql.ts';
import { text } from './text.ts';
import { typescript } from './typescript.ts';

const languages: readonly Checker[] = [typescript, python, promql, logql, jaeger, rules, ruleTests, prometheusConfig, alertmanagerConfig, lokiConfig, collectorConfig, lokiRules, compose, kubernetes, fluent, grafanaProvisioning, dashboard, json, http, mermaid, shell, sql, dockerfile, exposition, text];

/** Every language and file kind that the harness understands. */
export const checkers: readonly Checker[] = [...languages, diffOf(languages)];
