import { describe, expect, it } from 'vitest';
import { quoteValue } from '../../docs/plugins/values.ts';
import * as outputs from './fixtures/outputs.ts';

describe('a number in a sentence', () => {
  it.each([
    [outputs.board, 'panel=Slowest', 'ms', '42\u00a0ms'],
    [outputs.singleVector, undefined, 'ms', '218\u00a0ms'],
    [outputs.peerVector, 'peer=discount', 's', '2.49\u00a0s'],
    [outputs.peerVector, 'peer="discount",job=checkout', undefined, '2.49'],
    [outputs.peerVector, 'count', 'int', '3'],
    [outputs.percentiles, 'quantile=p99,highest', 's', '2.52\u00a0s'],
    [outputs.slowLines, undefined, 'int', '39'],
    [outputs.slowTraces, undefined, 'int', '3'],
    [outputs.slowTraces, 'slowest', 's', '2.60\u00a0s'],
    [outputs.alertRules, 'dataset=checkout-lag,alert=HighLatencyP99', 'clock', '14:08:30'],
    [outputs.alertRules, 'dataset=checkout-lag,alert=HighLatencyP99,pending', 'clock', '14:03:30'],
    [outputs.alertRules, 'dataset=checkout-lag,alert=HighLatencyP99,after', 'int', '390'],
    [outputs.routing, 'receiver=oncall', 'int', '1'],
    [outputs.routing, 'receiver=oncall,resolved', 'int', '1'],
    [outputs.routing, 'receiver=tickets', 'int', '0'],
    [outputs.configuration, 'job=checkout', 'int', '1'],
    [outputs.composed, undefined, 'int', '2'],
    [outputs.composed, 'state=ready', 'int', '1'],
  ] as const)('%# comes from the stored answer', (output, pick, format, want) => {
    expect(quoteValue(output, pick, format)).toBe(want);
  });
  it.each([
    [outputs.peerVector, undefined, 's', '3 series match without pick='],
    [outputs.peerVector, 'peer=nobody', 's', 'no series matches pick="peer=nobody"'],
    [outputs.emptyVector, undefined, undefined, 'no series matches without pick='],
    [outputs.singleVector, undefined, 'furlongs', 'format="furlongs" is not known; known are ms, s, percent, int, clock.'],
    [outputs.singleVector, undefined, 'clock', 'format="clock" needs a moment'],
    [outputs.alertRules, 'dataset=checkout-lag,alert=HighLatencyP99', 's', 'this is a moment: it needs format="clock".'],
    [outputs.alertRules, 'dataset=healthy', 'clock', 'the alert HighLatencyP99 has no such moment on healthy.'],
    [outputs.routing, undefined, 'int', '3 receivers match without pick='],
    [outputs.rejection, undefined, undefined, 'a refused block has no value to insert.'],
  ] as const)('%# is refused with a reason', (output, pick, format, want) => {
    expect(() => quoteValue(output, pick, format)).toThrow(want);
  });
});
