import { exp, ln } from './exact-math.ts';

const HEX = Array.from({ length: 65_536 }, (_, half) => half.toString(16).padStart(4, '0'));

/**
 * Seeded numbers: xoshiro128** (Blackman, Vigna 2018), its state filled by splitmix32. Every user's request has a stream of its own,
 * so that a variant of a dataset changes only what its parameter touches.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  /** @param stream which of the independent streams of this seed */
  constructor(seed: number, stream: number) {
    let state = mix((seed >>> 0) ^ mix(stream + 0x9e3779b9));
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      return mix(state);
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    // An all-zero state would stay zero.
    this.#d = next() | 1;
  }
  /** 0 to 2^32-1. */
  uint32(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }
  /** At least 0, less than 1. */
  fraction(): number {
    return this.uint32() / 2 ** 32;
  }
  /** Normal by the sum of twelve uniforms: only additions, so equal on every machine; never beyond ±6. */
  normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.fraction();
    return sum;
  }
  /** Time to the next arrival of a Poisson stream, in microseconds, at least 1. */
  gapUs(perSecond: number): number {
    return Math.max(1, Math.round((-ln(1 - this.fraction()) / perSecond) * 1e6));
  }
  /** Lower-case hexadecimal, eight digits a word. */
  hex(words: number): string {
    let text = '';
    for (let i = 0; i < words; i++) {
      const word = this.uint32();
      text += `${HEX[word >>> 16]}${HEX[word & 65_535]}`;
    }
    return text;
  }
}

/** Log-normal: `medianUs` times e^(sigma × z), in whole microseconds, at least 1. */
export function logNormalUs(medianUs: number, sigma: number, z: number): number {
  return Math.max(1, Math.round(medianUs * exp(sigma * z)));
}

function mix(value: number): number {
  let z = value | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}
