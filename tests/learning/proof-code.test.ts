import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeProofCode, readProofCode, SEEDS } from '../../harness/model/proof-code.ts';

const checks = ['2.0/day-1/exercise-metrics', '2.0/day-1/exercise-logs', '1.0/day-1/exercise-logs'];
const day = Date.UTC(2026, 10, 21, 18, 30);
const PRINTED = '0A407-XGH9E';
const seeds = fc.integer({ min: 0, max: SEEDS - 1 });

describe('the code of a passed check', () => {
  test('says which check and which day, whatever the seed', () => {
    fc.assert(fc.property(fc.constantFrom(...checks), fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2110, 0, 1) }), seeds, (check, moment, seed) => {
      expect(readProofCode(makeProofCode(check, moment, seed), checks)).toEqual({ check, day: new Date(moment).toISOString().slice(0, 10) });
    }));
  });
  test('stays what it is: codes that were printed are read for ever', () => {
    expect(makeProofCode('2.0/day-1/exercise-logs', day, 7)).toBe(PRINTED);
    expect(readProofCode(PRINTED, checks)).toEqual({ check: '2.0/day-1/exercise-logs', day: '2026-11-21' });
  });
  test('is understood in small letters, with spaces, and with letters for digits', () => {
    const code = makeProofCode('2.0/day-1/exercise-logs', day, 7);
    expect(readProofCode(` ${code.toLowerCase().replace('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `, checks)?.check).toBe('2.0/day-1/exercise-logs');
  });
  test('with one wrong letter is none', () => {
    fc.assert(fc.property(seeds, fc.nat(9), fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'), (seed, at, letter) => {
      const plain = makeProofCode('2.0/day-1/exercise-logs', day, seed).replace('-', '');
      fc.pre(plain.charAt(at) !== letter);
      expect(readProofCode(plain.slice(0, at) + letter + plain.slice(at + 1), checks)).toBeUndefined();
    }), { seed: 33 });
  });
  test.each(['', 'ABCDE', '0A5K7-Q2M9X0', '<script>', 'UUUUU-UUUUU'])('is not "%s"', (text) => {
    expect(readProofCode(text, checks)).toBeUndefined();
  });
});
