import type { Block } from '../model/block.ts';

const CODE = new Set(['ts', 'typescript', 'js', 'javascript', 'python', 'py']);

/** TypeScript and Python: what exposes metrics and listens. */
export function isCode({ language }: Block): boolean {
  return CODE.has(language);
}

export function isShell({ language }: Block): boolean {
  return ['sh', 'bash', 'shell'].includes(language);
}

export function isRuleFile({ title }: Block): boolean {
  return /\.rules\.ya?ml$/.test(title ?? '');
}

/** What says where a service of the stack finds another: Prometheus its targets, Alertmanager whom it calls, Loki its Alertmanager. Of Grafana's data sources their own checker knows. */
export function isServiceConfig({ title }: Block): boolean {
  return /^(?:prometheus|alertmanager|(?:[\w.-]*\.)?loki(?:-config)?)\.ya?ml$/.test(title ?? '');
}

export function isCompose({ title }: Block): boolean {
  return /^(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml$/.test(title ?? '');
}
