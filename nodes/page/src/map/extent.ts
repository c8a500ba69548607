import type { Box } from './camera';

/** Of the points, so many are left out at a side before one looks how wide the others lie. */
const ASIDE = 0.05;
/** What is farther from where the others lie than so many times their width is far away; of few points, more than that. */
const FAR = 3;
const FAR_OF_FEW = 300;
/** Nothing that is meant to be seen with other things is farther from the origin, in whatever unit. */
const FARTHEST = 1e12;

/** Points on the map, as a flat list: x, y, x, y. */
export type Points = number[];

/**
 * The box around the points, but for those that are far away from all others: one place that somebody made up must not make
 * a dot of the town. Undefined when there is no point.
 */
export function extentOf(points: Points): Box | undefined {
  const xs = axis(points, 0);
  const ys = axis(points, 1);
  if (!xs.length || !ys.length) return undefined;
  const across = bulk(xs);
  const down = bulk(ys);
  const reach = Math.max(FAR, FAR_OF_FEW / xs.length) * Math.max(across[1] - across[0], down[1] - down[0]);
  const box: Box = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i]!;
    const y = points[i + 1]!;
    if (within(x, across, reach) && within(y, down, reach)) include(box, x, y);
  }
  return box.left === Infinity ? undefined : box;
}

/** Whether a point lies outside of the box. */
export function isOutside(box: Box, x: number, y: number): boolean {
  return !(x >= box.left && x <= box.right && y >= box.bottom && y <= box.top);
}

function axis(points: Points, offset: 0 | 1): Float64Array {
  const result = new Float64Array(points.length / 2);
  let count = 0;
  for (let i = 0; i < points.length; i += 2) {
    if (Math.abs(points[i]!) <= FARTHEST && Math.abs(points[i + 1]!) <= FARTHEST) result[count++] = points[i + offset]!;
  }
  return result.subarray(0, count).sort();
}

/**
 * From where to where most of these lie, which are sorted: the narrowest stretch that is left without the twentieth of them,
 * one at least, at either side or at both. Where that is a single spot, fewer are left out.
 */
function bulk(sorted: Float64Array): [number, number] {
  const last = sorted.length - 1;
  const width = ([from, to]: number[]): number => sorted[to!]! - sorted[from!]!;
  let aside = last < 2 ? 0 : Math.max(1, Math.floor(sorted.length * ASIDE));
  for (; aside > 0; aside = Math.floor(aside / 2)) {
    const stretches = [[aside, last - aside], [0, last - aside], [aside, last]].filter((x) => width(x) > 0);
    const narrowest = stretches.sort((a, b) => width(a) - width(b))[0];
    if (narrowest) return [sorted[narrowest[0]!]!, sorted[narrowest[1]!]!];
  }
  return [sorted[0]!, sorted[last]!];
}

function within(x: number, [from, to]: [number, number], reach: number): boolean {
  return Math.abs(x) <= FARTHEST && x >= from - reach && x <= to + reach;
}

function include(box: Box, x: number, y: number): void {
  if (x < box.left) box.left = x;
  if (x > box.right) box.right = x;
  if (y < box.bottom) box.bottom = y;
  if (y > box.top) box.top = y;
}
