import type { Fault } from '../fault.ts';
import { aggregation } from './aggregation.ts';
import { comparison } from './comparison.ts';
import { configKey } from './config-key.ts';
import { forDuration } from './for.ts';
import { importFault } from './import.ts';
import { label } from './label.ts';
import { logField } from './log-field.ts';
import { matcher } from './matcher.ts';
import { missingAwait } from './missing-await.ts';
import { port } from './port.ts';
import { quantile } from './quantile.ts';
import { receiver } from './receiver.ts';
import { spanAttribute } from './span-attribute.ts';
import { threshold } from './threshold.ts';
import { type } from './type.ts';
import { unit } from './unit.ts';
import { window } from './window.ts';

/** Every kind of fault. A new one is a file beside this and a line here. */
export const faults: readonly Fault[] = [
  threshold, comparison, matcher, label, window, forDuration, aggregation, quantile, unit, configKey, port, receiver, type, importFault, missingAwait, logField, spanAttribute,
];
