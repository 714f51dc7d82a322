import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventLoop } from '../../harness/simulate/event-loop.ts';
import { Pool } from '../../harness/simulate/pool.ts';

test('events run in order of time, at the same instant in the order planned, and none at the end or after it', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 30 })), (times) => {
    const loop = new EventLoop();
    const ran: (readonly [at: number, planned: number])[] = [];
    times.forEach((at, planned) => loop.at(at, () => ran.push([loop.nowUs, planned])));
    loop.runUntil(20);
    const want = times.map((at, planned) => [at, planned] as const).filter(([at]) => at < 20).sort(([a, i], [b, j]) => a - b || i - j);
    expect(ran).toEqual(want);
    expect(loop.nowUs).toBe(20);
  }));
});

test('who waits for a connection gets it in order of arrival, or gives up after the timeout', () => {
  const loop = new EventLoop();
  const pool = new Pool(loop, 1, 100);
  const told: string[] = [];
  const ask = (name: string): void => pool.acquire()((granted) => told.push(`${loop.nowUs} ${name} ${granted ? 'granted' : 'gave up'}`));
  loop.at(0, () => ask('first'));
  loop.at(10, () => ask('second'));
  loop.at(20, () => ask('third'));
  loop.at(50, () => expect(pool.waiting).toBe(2));
  loop.at(60, () => pool.release());
  loop.runUntil(1000);
  expect(told).toEqual(['0 first granted', '60 second granted', '120 third gave up']);
  expect([pool.active, pool.waiting, pool.peak]).toEqual([1, 0, 1]);
});

test('a pool that grows lets waiters in; one that shrinks takes nothing away', () => {
  const loop = new EventLoop();
  const pool = new Pool(loop, 1, 100);
  const told: boolean[] = [];
  for (let i = 0; i < 3; i++) pool.acquire()((granted) => told.push(granted));
  pool.resize(2);
  expect([told, pool.active, pool.waiting]).toEqual([[true, true], 2, 1]);
  pool.resize(1);
  pool.release();
  expect([pool.active, pool.waiting]).toEqual([1, 1]);
});
