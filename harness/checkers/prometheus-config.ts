import { defineChecker } from '../model/checker.ts';
import { checkConfigs, configRules, type ConfigTool } from './support/config-tool.ts';

/** `--syntax-only`: files that it names (rules, targets) stand on other pages. */
const promtool: ConfigTool = {
  program: 'promtool',
  arguments: ['check', 'config', '--syntax-only'],
  keys: [
    'global', 'scrape_interval', 'scrape_timeout', 'evaluation_interval', 'external_labels', 'rule_files', 'alerting', 'alertmanagers', 'scrape_configs',
    'job_name', 'metrics_path', 'scheme', 'honor_labels', 'static_configs', 'targets', 'labels', 'relabel_configs', 'metric_relabel_configs',
    'source_labels', 'target_label', 'regex', 'replacement', 'action', 'remote_write', 'remote_read',
  ],
  readRefusals: (_stdout, stderr) => new Map([...stderr.matchAll(/FAILED: (?:parsing YAML file )?(\d+\.yml): ([\s\S]*?)(?=\n\s*FAILED: |\s*$)/g)]
    .map(([, file, said]) => [file as string, said as string])),
};

/** Prometheus' own configuration, judged by its own tool. */
export const prometheusConfig = defineChecker({
  name: 'prometheus-config',
  languages: ['yaml', 'yml'],
  titles: ['prometheus.yml', 'prometheus.yaml'],
  attributes: ['expect'],
  backend: 'prometheus-config',
  rules: configRules,
  check: (blocks, context, signal) => checkConfigs(blocks, context, promtool, signal),
});
