import { defineChecker } from '../model/checker.ts';
import { checkConfigs, configRules, type ConfigTool } from './support/config-tool.ts';

/** `--syntax-only`: files that it names (rules, targets) stand on other pages. */
const promtool: ConfigTool = {
  program: 'promtool',
  arguments: ['check', 'config', '--syntax-only'],
  readRefusals: (_stdout, stderr) => new Map([...stderr.matchAll(/FAILED: (?:parsing YAML file )?(\d+\.yml): ([\s\S]*?)(?=\n\s*FAILED: |\s*$)/g)]
    .map(([, file, said]) => [file as string, said as string])),
};

/** Prometheus' own configuration, judged by its own tool. */
export const prometheusConfig = defineChecker({
  name: 'prometheus-config',
  languages: ['yaml', 'yml'],
  titles: ['prometheus.yml', 'prometheus.yaml'],
  attributes: [],
  rules: configRules,
  check: (blocks, context, signal) => checkConfigs(blocks, context, promtool, signal),
});
