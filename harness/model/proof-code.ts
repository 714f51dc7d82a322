import { sha256 } from '@noble/hashes/sha2.js';

/** Crockford's base 32: no letter that is taken for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const FIRST_DAY_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const DAY_DIGITS = 3;
const SEED_DIGITS = 2;
const HASH_DIGITS = 5;
const PATTERN = new RegExp(`^[${ALPHABET}]{${DAY_DIGITS + SEED_DIGITS + HASH_DIGITS}}$`);

/** How many seeds there are: two learners of a class seldom get the same code. */
export const SEEDS = 32 ** SEED_DIGITS;

/** What a code says. */
export interface Proof {
  /** Edition and exercise, `2.0/day-1/exercise-logs`. */
  readonly check: string;
  /** On which the check passed, `2026-11-21` (UTC). */
  readonly day: string;
}

function encode(number: number, digits: number): string {
  return Array.from({ length: digits }, (_, index) => ALPHABET.charAt(Math.floor(number / 32 ** (digits - 1 - index)) % 32)).join('');
}

function hash(check: string, head: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = sha256(new TextEncoder().encode(`${check} ${head}`));
  return encode(((a * 256 + b) * 256 + c) * 256 + d, HASH_DIGITS);
}

/**
 * The code that a passed check prints, `0A5K7-Q2M9X`: a day, a seed, and a hash of both with the check. It keeps typing errors and codes of other
 * exercises from being taken for proof. It is no signature: whoever reads this can make one.
 * @param day any moment of it, in milliseconds; before 2026 it counts as the first day of 2026
 * @param seed a whole number from 0 to SEEDS - 1
 */
export function makeProofCode(check: string, day: number, seed: number): string {
  const head = encode(Math.max(0, Math.floor((day - FIRST_DAY_MS) / DAY_MS)), DAY_DIGITS) + encode(seed, SEED_DIGITS);
  return `${head}-${hash(check, head)}`;
}

/**
 * Which of the checks printed a code, and when; undefined when none did. Small letters, spaces, and O, I and L for digits are understood.
 * @param checks `2.0/day-1/exercise-logs`, of all editions
 */
export function readProofCode(code: string, checks: readonly string[]): Proof | undefined {
  const plain = code.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  if (!PATTERN.test(plain)) return undefined;
  const head = plain.slice(0, DAY_DIGITS + SEED_DIGITS);
  const check = checks.find((candidate) => hash(candidate, head) === plain.slice(head.length));
  if (check === undefined) return undefined;
  const days = [...plain.slice(0, DAY_DIGITS)].reduce((sum, digit) => sum * 32 + ALPHABET.indexOf(digit), 0);
  return { check, day: new Date(FIRST_DAY_MS + days * DAY_MS).toISOString().slice(0, 10) };
}
