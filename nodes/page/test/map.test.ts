import { describe, expect, it } from 'vitest';
import { Camera } from '../src/map/camera';
import { Grid } from '../src/map/grid';
import { Room } from '../src/map/room';
import { Palette } from '../src/palette';
import { Places, isReadable } from '../src/places';
import { Store } from '../src/store';
import { find } from '../src/ui/search';

describe('the camera', () => {
  const camera = (): Camera => {
    const c = new Camera();
    c.resize(800, 600);
    c.fit({ left: 0, right: 8000, bottom: 0, top: 4000 }, 50, 0, 0, false);
    return c;
  };

  it('fits a box of any range into the window', () => {
    const c = camera();
    expect(c.screenX(0)).toBeCloseTo(50);
    expect(c.screenX(8000)).toBeCloseTo(750);
    expect(c.screenY(2000)).toBeCloseTo(300);
    expect(c.screenY(4000)).toBeLessThan(c.screenY(0));
  });

  it('keeps the point under the pointer when it zooms', () => {
    const c = camera();
    const before = [c.mapX(200), c.mapY(100)];
    c.zoomAt(3, 200, 100);
    expect(c.mapX(200)).toBeCloseTo(before[0]!);
    expect(c.mapY(100)).toBeCloseTo(before[1]!);
    expect(c.auto).toBe(false);
  });

  it.each([1, -1])('pans with the hand, whichever way y grows (%i)', (up) => {
    const c = camera();
    c.up = up;
    const [x, y] = [c.mapX(400), c.mapY(300)];
    c.pan(30, -20);
    expect(c.screenX(x)).toBeCloseTo(430);
    expect(c.screenY(y)).toBeCloseTo(280);
    expect(c.mapY(c.screenY(123))).toBeCloseTo(123);
  });

  it('arrives where it eases to, at once when less motion is wanted', () => {
    const c = camera();
    c.visit(100, 200, 5, 0);
    c.step(200);
    expect(c.moving).toBe(true);
    c.step(1000);
    expect([c.cx, c.cy, c.moving]).toEqual([100, 200, false]);
    c.still = true;
    c.visit(5, 6, 5, 2000);
    expect([c.cx, c.cy]).toEqual([5, 6]);
  });
});

describe('the grid', () => {
  it('finds nobody before somebody was put in', () => {
    const grid = new Grid();
    expect(grid.nearest(5, 5, 20, new Float32Array(9), new Float32Array(9))).toBe(-1);
    grid.resize(100, 100);
    expect(grid.nearest(5, 5, 20, new Float32Array(9), new Float32Array(9))).toBe(-1);
  });

  it('finds the nearest as a look at all of them does', () => {
    const grid = new Grid();
    grid.resize(500, 400);
    const n = 400;
    const xs = new Float32Array(n).map((_, i) => (i * 137.5) % 500);
    const ys = new Float32Array(n).map((_, i) => (i * 91.3) % 400);
    grid.clear(n);
    for (let i = 0; i < n; i++) grid.insert(i, xs[i]!, ys[i]!);
    for (let q = 0; q < 200; q++) {
      const [x, y, reach] = [(q * 53.7) % 500, (q * 71.1) % 400, 5 + (q % 30)];
      let best = Infinity;
      for (let i = 0; i < n; i++) best = Math.min(best, (xs[i]! - x) ** 2 + (ys[i]! - y) ** 2);
      const hit = grid.nearest(x, y, reach, xs, ys);
      if (best > reach * reach) expect(hit).toBe(-1);
      else expect((xs[hit]! - x) ** 2 + (ys[hit]! - y) ** 2).toBeCloseTo(best, 3);
    }
  });
});

describe('room for labels', () => {
  it('is given once', () => {
    const room = new Room();
    room.resize(200, 100);
    expect(room.claim(10, 10, 40, 12)).toBe(true);
    expect(room.claim(30, 15, 40, 12)).toBe(false);
    expect(room.claim(60, 10, 40, 12)).toBe(true);
    expect(room.claim(190, 10, 40, 12)).toBe(false);
    room.clear();
    expect(room.claim(30, 15, 40, 12)).toBe(true);
  });
});

describe('colours', () => {
  it('are kept, differ as long as there are any, and mean something', () => {
    const palette = new Palette();
    const states = ['sleeping', 'walking', 'x1', 'x2', 'working', 'x3'];
    const first = states.map((s) => palette.of(s));
    expect(new Set(first).size).toBe(states.length);
    expect(states.map((s) => palette.of(s))).toEqual(first);
    expect(new Palette().of('WALKING')).toBe(new Palette().of('driving'));
    for (let i = 0; i < 40; i++) expect(palette.colour(palette.of(`more${i}`), true)).toMatch(/^#/);
  });
});

describe('places', () => {
  it('are taken from what the node says, whatever it says', () => {
    const places = new Places();
    places.describe({ places: [{ name: 'Inn', x: 3, y: 4, kind: 'inn' }, { name: 'no x' }, 7], streets: [
      { name: 'High', points: [[0, 0], [10, 0]] }, { name: 'short', points: [[0, 0]] }, 'x', { points: [['a', 1], [100, 2], [300, 4]] },
    ] });
    expect(places.anchor('Inn')).toMatchObject({ x: 3, y: 4, foot: [3, 0] });
    expect(places.streets.map((s) => s.points.length)).toEqual([2, 2]);
    expect(places.southward).toBe(true);
    places.describe(null);
    expect(places.isStreet('High')).toBe(true);
  });

  it('are else where their visitors stand, in the mean', () => {
    const places = new Places();
    const c = { location: 'Ford' } as never;
    places.visit(c, undefined);
    expect(places.anchor('Ford')).toBeUndefined();
    places.report('Ford', 10, 0);
    places.report('Ford', 20, 4);
    expect(places.anchor('Ford')).toMatchObject({ x: 15, y: 2, here: 1 });
  });

  it('get a plan of their own when nothing is known of them', () => {
    const places = new Places();
    for (let i = 0; i < 30; i++) {
      places.visit({ location: `place ${i}` } as never, undefined);
      if (i % 7 === 0) places.layOut(100);
    }
    places.layOut(100);
    const spots = [...places.all.values()].map((p) => `${p.x} ${p.y}`);
    expect(new Set(spots).size).toBe(30);
    expect(Math.max(...[...places.all.values()].map((p) => Math.max(p.x, -p.y)))).toBe(500);
  });

  it('are labelled when their name is for people', () => {
    expect(['Old Bridge', 'Café', '-5229164#1', '33:a'].map(isReadable)).toEqual([true, true, false, false]);
  });
});

describe('the search', () => {
  it('finds by name and id, beginnings first, and places', () => {
    const store = new Store({ appeared() {}, changed() {}, moved() {}, gone() {}, event() {} });
    const names = ['Marian', 'Ada Smith', 'Rosa Adams', 'Adam'];
    names.forEach((name, i) => store.apply({ type: 'character_update', timestamp: 0, data: { character_id: `id${i}`, name, state: '', location: '' } }));
    const places = new Places();
    places.describe({ places: [{ name: 'Adamite Chapel', x: 0, y: 0, kind: 'church' }] });
    const label = (words: string): string[] =>
      find(words, store, places).map((x) => ('character' in x ? x.character.name : x.place.name));
    expect(label('ada')).toEqual(['Ada Smith', 'Adam', 'Rosa Adams', 'Adamite Chapel']);
    expect(label('ID2')).toEqual(['Rosa Adams']);
    expect(label('  ')).toEqual([]);
  });
});
