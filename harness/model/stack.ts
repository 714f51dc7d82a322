/** Ports of localhost at which the course's stack publishes its services: the same on every page. */
export const stackPorts = { prometheus: 9090, loki: 3100, jaeger: 16686, alertmanager: 9093 } as const;
export type StackService = keyof typeof stackPorts;
