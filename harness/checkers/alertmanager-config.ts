import { defineChecker } from '../model/checker.ts';
import { checkConfigs, configRules, type ConfigTool } from './support/config-tool.ts';

const amtool: ConfigTool = {
  program: 'amtool',
  arguments: ['check-config'],
  readRefusals: (stdout) => new Map([...stdout.matchAll(/Checking '(\d+\.yml)'\s+FAILED: ([\s\S]*?)(?=\n\s*Checking '|\s*$)/g)]
    .map(([, file, said]) => [file as string, said as string])),
};

/** Alertmanager's configuration, judged by its own tool. That the course's file works is proven where alerting rules notify through it. */
export const alertmanagerConfig = defineChecker({
  name: 'alertmanager-config',
  languages: ['yaml', 'yml'],
  titles: ['alertmanager.yml', 'alertmanager.yaml'],
  attributes: [],
  rules: configRules,
  check: (blocks, context, signal) => checkConfigs(blocks, context, amtool, signal),
});
