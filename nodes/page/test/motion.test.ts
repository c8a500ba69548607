import { describe, expect, it } from 'vitest';
import { Motion } from '../src/motion';
import { Piles } from '../src/piles';

/** Moves slot 0 by 1 unit every `gap` ms for `steps` steps; returns where it was drawn every 5 ms. */
function walk(gap: number, steps: number): number[] {
  const motion = new Motion();
  const drawn: number[] = [];
  motion.moveTo(0, 0, 0, 0);
  for (let i = 1; i <= steps; i++) {
    motion.moveTo(0, i, 0, i * gap);
    for (let t = 0; t < gap; t += 5) {
      motion.sample(i * gap + t);
      drawn.push(motion.x[0]!);
    }
  }
  return drawn;
}

describe('a character that moves', () => {
  it.each([20, 200, 1000])('at an update every %i ms never stands still and never jumps', (gap) => {
    const drawn = walk(gap, 60).slice(-Math.ceil((40 * gap) / 5));
    const steps = drawn.slice(1).map((x, i) => x - drawn[i]!);
    const even = 5 / gap;
    expect(Math.min(...steps)).toBeGreaterThan(even * 0.5);
    expect(Math.max(...steps)).toBeLessThan(even * 1.5);
  });

  it('is never drawn ahead of what is known', () => {
    const drawn = walk(100, 50);
    drawn.forEach((x, i) => expect(x).toBeLessThanOrEqual(Math.floor(i / 20) + 1));
  });

  it('arrives exactly and then rests', () => {
    const motion = new Motion();
    motion.moveTo(3, 1, 1, 0);
    motion.moveTo(3, 5, 9, 100);
    expect(motion.busy(110)).toBe(true);
    motion.sample(10_000);
    expect([motion.x[3], motion.y[3]]).toEqual([5, 9]);
    expect(motion.busy(10_000)).toBe(false);
  });

  it('is put where it is after a long silence or a jump', () => {
    const motion = new Motion();
    motion.moveTo(0, 0, 0, 0);
    motion.moveTo(0, 50, 0, 11_000);
    expect(motion.x[0]).toBe(50);
    motion.jump = 100;
    motion.moveTo(0, 500, 0, 11_500);
    expect(motion.x[0]).toBe(500);
  });

  it('is drawn where it was put first', () => {
    const motion = new Motion();
    motion.moveTo(0, 8000, 4000, 5);
    expect([motion.x[0], motion.y[0], motion.placed[0]]).toEqual([8000, 4000, 1]);
  });
});

it('room is made for any number of slots', () => {
  const motion = new Motion();
  for (let i = 0; i < 3000; i++) motion.moveTo(i, i, -i, 0);
  motion.sample(1);
  expect([motion.x[2999], motion.y[2999], motion.x[0], motion.size]).toEqual([2999, -2999, 0, 3000]);
});

it('a slot that is freed starts anew where its next owner is', () => {
  const motion = new Motion();
  motion.moveTo(0, 10, 10, 0);
  motion.remove(0);
  expect(motion.placed[0]).toBe(0);
  motion.moveTo(0, 99, 99, 50);
  expect(motion.x[0]).toBe(99);
});

describe('characters at one point', () => {
  const settled = (piles: Piles): void => {
    for (let i = 0; i < 200; i++) piles.settle(300, 0.2);
  };

  it('stand apart, and alone at the point itself', () => {
    const piles = new Piles();
    for (let i = 0; i < 100; i++) piles.put(i, 5, 5);
    piles.put(100, 400, 5);
    settled(piles);
    for (let i = 0; i < 100; i++) {
      for (let j = 0; j < i; j++) expect(Math.hypot(piles.x[i]! - piles.x[j]!, piles.y[i]! - piles.y[j]!)).toBeGreaterThan(0.9);
    }
    expect([piles.x[100], piles.y[100]]).toEqual([0, 0]);
  });

  it('leave no mark when they go', () => {
    const piles = new Piles();
    for (let i = 0; i < 50; i++) piles.put(i, 5, 5);
    for (let i = 0; i < 50; i++) piles.take(i);
    piles.put(60, 5, 5);
    settled(piles);
    expect(piles.x[60]).toBe(0);
  });
});
