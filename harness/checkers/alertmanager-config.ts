import { defineChecker } from '../model/checker.ts';
import { checkConfigs, configRules, type ConfigTool } from './support/config-tool.ts';

const amtool: ConfigTool = {
  program: 'amtool',
  arguments: ['check-config'],
  keys: [
    'global', 'resolve_timeout', 'route', 'receiver', 'routes', 'matchers', 'group_by', 'group_wait', 'group_interval', 'repeat_interval', 'continue',
    'receivers', 'name', 'webhook_configs', 'url', 'send_resolved', 'email_configs', 'slack_configs', 'pagerduty_configs',
    'inhibit_rules', 'source_matchers', 'target_matchers', 'equal', 'time_intervals', 'mute_time_intervals', 'templates',
  ],
  readRefusals: (stdout) => new Map([...stdout.matchAll(/Checking '(\d+\.yml)'\s+FAILED: ([\s\S]*?)(?=\n\s*Checking '|\s*$)/g)]
    .map(([, file, said]) => [file as string, said as string])),
};

/** Alertmanager's configuration, judged by its own tool. That the course's file works is proven where alerting rules notify through it. */
export const alertmanagerConfig = defineChecker({
  name: 'alertmanager-config',
  languages: ['yaml', 'yml'],
  titles: ['alertmanager.yml', 'alertmanager.yaml'],
  attributes: ['alerts', 'routes', 'dataset', 'expect', 'empty'],
  backend: 'alertmanager',
  rules: configRules,
  check: (blocks, context, signal) => checkConfigs(blocks, context, amtool, signal),
});
