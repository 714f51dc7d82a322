import { defineChecker } from '../model/checker.ts';
import { checkClaims } from './alertmanager-config/claims.ts';
import { checkLabels } from './alertmanager-config/labels.ts';
import { checkRoutes } from './alertmanager-config/routes.ts';
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

/** Alertmanager's configuration, judged by its own tool and held against the course's alerts. Executed by the backend `alertmanager`. */
export const alertmanagerConfig = defineChecker({
  name: 'alertmanager-config',
  languages: ['yaml', 'yml'],
  titles: ['alertmanager.yml', 'alertmanager.yaml'],
  attributes: ['alerts', 'routes', 'dataset', 'expect', 'empty'],
  backend: 'alertmanager',
  rules: {
    ...configRules,
    'unknown-alert': { level: 'error', summary: 'An alert is routed that no rule of the course defines.' },
    'unknown-label': { level: 'error', summary: 'A route, grouping or inhibition names a label that no alert carries.' },
    'unknown-label-value': { level: 'error', summary: 'A route or inhibition compares a label with a value that no alert carries.' },
    'no-alerts': { level: 'error', summary: 'A configuration is executed without an alert to route.' },
    'bad-attribute': { level: 'error', summary: 'The alerts or routes of the fence cannot be read.' },
    'wrong-route': { level: 'error', summary: 'An alert goes to other receivers than the page says.' },
    'depends-on-today': { level: 'error', summary: 'Who is told depends on the day on which the file is executed.' },
  },
  async check(blocks, context, signal) {
    const refused = await checkConfigs(blocks, context, amtool, signal);
    // What the tool refuses says nothing about alerts yet.
    const sound = blocks.filter((block) => !refused.some((finding) => finding.block === block));
    const claimed = sound.flatMap((block) => [...checkClaims(block, context), ...checkLabels(block, context)].map((finding) => ({ block, ...finding })));
    const hasRoutes = sound.filter((block) => block.attributes.has('routes'));
    const routed = hasRoutes.length === 0 ? [] : await checkRoutes(hasRoutes, await context.tool('amtool'), signal);
    return [...refused, ...claimed, ...routed];
  },
});
