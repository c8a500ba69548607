import { describe, expect, it } from 'vitest';
import { extentOf, isOutside, type Points } from '../src/map/extent';
import { Places } from '../src/places';

/** A town of so many points, 1000 wide and 500 high, the same each time. */
function town(count: number): Points {
  const points: Points = [];
  for (let i = 0; i < count; i++) points.push((i * 617) % 1000, (i * 331) % 500);
  return points;
}
const box = (points: Points) => extentOf(points)!;

describe('the extent', () => {
  it('is the box around all where nobody is far away', () => {
    expect(box([0, 0, 10, 5, 3, -2])).toEqual({ left: 0, right: 10, bottom: -2, top: 5 });
    expect(box([7, 7])).toEqual({ left: 7, right: 7, bottom: 7, top: 7 });
    expect(box([0, 0, 1e6, 1])).toEqual({ left: 0, right: 1e6, bottom: 0, top: 1 });
    expect(extentOf([])).toBeUndefined();
  });

  it.each([3, 4, 8, 20, 100, 2000])('of %d is not spoiled by one far place', (count) => {
    for (const far of [1e9, -1e9, 1e300, -1e300, Infinity, NaN]) {
      expect(box([...town(count), far, 0])).toEqual(box(town(count)));
      expect(box([...town(count), 0, far])).toEqual(box(town(count)));
      expect(box([far, far, ...town(count)])).toEqual(box(town(count)));
    }
  });

  it('is not spoiled by some far places in different directions', () => {
    const points = town(200);
    for (let i = 0; i < 8; i++) points.push((i % 2 ? 1 : -1) * 10 ** (6 + i), 10 ** (14 - i));
    expect(box(points)).toEqual(box(town(200)));
  });

  it('takes in suburbs', () => {
    expect(box([...town(100), 2500, 200]).right).toBe(2500);
    expect(box([0, 0, 1, 1, 50, 50]).right).toBe(50);
  });

  it('takes in who is elsewhere when most stand at one point', () => {
    expect(box([...Array(60).fill(0), 100, 40])).toEqual({ left: 0, right: 100, bottom: 0, top: 40 });
    expect(box([...Array(60).fill(0), 100, 40, 1e12, 5])).toEqual({ left: 0, right: 100, bottom: 0, top: 40 });
  });

  it('leaves nobody in it when all are nowhere', () => {
    expect(extentOf([1e300, 1e300, NaN, 0])).toBeUndefined();
  });
});

it('who is outside is so in either direction', () => {
  const square = { left: 0, right: 1, bottom: 0, top: 1 };
  expect([[0, 0], [1, 1], [2, 0], [0, -1], [NaN, 0]].map(([x, y]) => isOutside(square, x!, y!))).toEqual([false, false, true, true, true]);
});

describe('a place that is known by its visitors', () => {
  const at = (x: number) => ({ location: 'Inn', x, y: 0 }) as never;
  const settle = (places: Places, x: number): void => {
    places.visit(at(x), undefined);
    places.report('Inn', x, 0);
  };

  it('is forgotten when they said something far out, and found again', () => {
    const places = new Places();
    settle(places, 5);
    places.report('Inn', 1e12, 0);
    expect(places.anchor('Inn')?.x).toBeGreaterThan(1e11);
    places.keepWithin({ left: 0, right: 100, bottom: -50, top: 50 });
    expect(places.anchor('Inn')).toBeUndefined();
    places.report('Inn', 1e12, 0);
    expect(places.anchor('Inn')).toBeUndefined();
    places.report('Inn', 6, 0);
    expect(places.anchor('Inn')?.x).toBe(6);
  });

  it('stays when the node said where it is', () => {
    const places = new Places();
    places.describe({ places: [{ name: 'Inn', x: 9_000, y: 0, kind: 'inn' }] });
    places.keepWithin({ left: 0, right: 100, bottom: -50, top: 50 });
    expect(places.anchor('Inn')?.x).toBe(9_000);
  });
});
