import { expect, it } from 'vitest';
import { markIn } from '../../docs/print/artifacts.ts';

it('marks what stands outside of tagged sequences, and nothing within', () => {
  const drawn = ['q', '0 0 5 5 re', 'f', '/P <</MCID 0 >>BDC', 'BT', '<0001> Tj', 'ET', 'EMC', '/P <</MCID 1 >>BDC', '/Span <</MCID 2 >>BDC', '<0002> Tj', 'EMC', 'f', 'EMC', 'Q'];
  expect(markIn(drawn.join('\n')).split('\n')).toEqual([
    '/Artifact BMC', 'q', '0 0 5 5 re', 'f', 'EMC', ...drawn.slice(3, 14), '/Artifact BMC', 'Q', 'EMC',
  ]);
});

it('leaves sequences without a tag inside of what it marks', () => {
  const drawn = ['BT', '/Span<</ActualText <FEFF00A0> >> BDC', '<0001> Tj', 'EMC', 'ET'];
  expect(markIn(drawn.join('\n')).split('\n')).toEqual(['/Artifact BMC', ...drawn, 'EMC']);
});
