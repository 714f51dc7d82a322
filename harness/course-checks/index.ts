import type { CourseCheck } from '../model/course-check.ts';
import { alerts } from './alerts.ts';
import { metrics } from './metrics.ts';
import { ports } from './ports.ts';
import { runbooks } from './runbooks.ts';
import { services } from './services.ts';
import { severities } from './severities.ts';

export { readStack } from './stack-files.ts';

/** Everything that blocks of different pages must agree on. */
export const courseChecks: readonly CourseCheck[] = [alerts, metrics, ports, runbooks, services, severities];
