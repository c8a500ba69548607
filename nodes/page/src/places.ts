import type { Character } from './store';
import type { Box } from './map/camera';
import { isOutside } from './map/extent';
import { isObject, number, text, type Json } from './protocol';

/** Something on the map that does not move. */
export interface Place {
  name: string;
  x: number;
  y: number;
  /** What it is, in the town's own words; empty for places that are only known by who was there. */
  kind: string;
  /** Whether (x, y) is known, and not to change any more. */
  fixed: boolean;
  /** How many characters are there now. */
  here: number;
  /** How many reports (x, y) is the mean of. */
  reports: number;
  /** The node says where it is: no reports change that. */
  described: boolean;
  /** The nearest point of any street: where the door opens. */
  foot?: Point;
}

export type Point = [number, number];

export interface Street {
  name: string;
  points: Point[];
}

const SETTLED_AFTER = 200;

/**
 * The places of the town: those that the node describes (`api/town.json`), and those that are known
 * because characters say they are there, drawn at the mean of where such characters stood.
 */
export class Places {
  readonly all = new Map<string, Place>();
  streets: Street[] = [];
  /** Whether y grows to the south: so in the towns that nodes describe, not in what maps and surveys say. */
  southward = false;
  /** Where the town lies: what is reported from outside of it does not move a place. */
  private bounds: Box | undefined;
  private laidOut = 0;
  private readonly onStreets = new Set<string>();
  /** Rises when something here is to be drawn anew. */
  revision = 0;

  /** The character is at its location now; `was` is the location until now, if there was one. */
  visit(c: Character, was: string | undefined): void {
    if (was === c.location) return;
    if (was !== undefined) this.leave(was);
    if (c.location) this.find(c.location).here += 1;
  }

  leave(location: string): void {
    const place = this.all.get(location);
    if (place && place.here > 0) place.here -= 1;
  }

  /** A character at `location` stands at (x, y). */
  report(location: string, x: number, y: number): void {
    const place = location ? this.all.get(location) : undefined;
    if (!place || place.fixed || (this.bounds && isOutside(this.bounds, x, y))) return;
    place.reports += 1;
    place.x += (x - place.x) / place.reports;
    place.y += (y - place.y) / place.reports;
    place.fixed = place.reports >= SETTLED_AFTER;
    if (place.reports < 4 || place.fixed) this.revision += 1;
  }

  /** The town lies within `box`: places that were derived from reports far outside of it are unknown again. */
  keepWithin(box: Box): void {
    const width = box.right - box.left;
    const height = box.top - box.bottom;
    this.bounds = { left: box.left - width, right: box.right + width, bottom: box.bottom - height, top: box.top + height };
    for (const place of this.all.values()) {
      if (place.described || !place.reports || !isOutside(this.bounds, place.x, place.y)) continue;
      Object.assign(place, { reports: 0, fixed: false, x: 0, y: 0 });
      this.revision += 1;
    }
  }

  /** Where the place of this name is, if that is known. */
  anchor(location: string): Place | undefined {
    const place = this.all.get(location);
    return place && (place.fixed || place.reports > 0) ? place : undefined;
  }

  /** Takes in what the node says of the town; tolerant of anything. */
  describe(town: Json): void {
    if (!isObject(town)) return;
    for (const x of Array.isArray(town.places) ? town.places : []) this.add(x);
    this.southward = town.y_axis !== 'north';
    this.streets = (Array.isArray(town.streets) ? town.streets : []).map(toStreet).filter((s) => s.points.length > 1);
    this.onStreets.clear();
    for (const street of this.streets) this.onStreets.add(street.name);
    for (const place of this.all.values()) if (place.kind) Object.assign(place, foot(place, this.streets));
    this.revision += 1;
  }

  /** Whether this location is a street, which is named along its course. */
  isStreet(name: string): boolean {
    return this.onStreets.has(name);
  }

  /**
   * Gives each place without coordinates one of its own: for simulations that know where their characters
   * are by name only. Places fill a square that grows at two sides, so that none has to move for a later one.
   */
  layOut(spacing: number): void {
    for (const place of this.all.values()) {
      if (place.fixed || place.reports > 0) continue;
      const side = Math.floor(Math.sqrt(this.laidOut));
      const rest = this.laidOut - side * side;
      place.x = Math.min(rest, side) * spacing;
      place.y = -Math.min(2 * side - rest, side) * spacing;
      place.kind = 'place';
      place.fixed = true;
      this.laidOut += 1;
      this.revision += 1;
    }
  }

  private find(name: string): Place {
    let place = this.all.get(name);
    if (!place) {
      place = { name, x: 0, y: 0, kind: '', fixed: false, here: 0, reports: 0, described: false };
      this.all.set(name, place);
    }
    return place;
  }

  private add(x: Json): void {
    const name = text(x, 'name');
    const px = number(x, 'x');
    const py = number(x, 'y');
    if (!name || px === undefined || py === undefined) return;
    Object.assign(this.find(name), { x: px, y: py, kind: text(x, 'kind'), fixed: true, described: true });
  }
}

function toStreet(x: Json): Street {
  const raw = isObject(x) && Array.isArray(x.points) ? x.points : [];
  const points = raw.filter(
    (p): p is Point => Array.isArray(p) && typeof p[0] === 'number' && typeof p[1] === 'number',
  );
  return { name: text(x, 'name'), points };
}

function foot(place: Place, streets: readonly Street[]): { foot?: Point } {
  let best: Point | undefined;
  let nearest = Infinity;
  for (const { points } of streets) {
    for (let i = 1; i < points.length; i++) {
      const p = project(place, points[i - 1]!, points[i]!);
      const far = Math.hypot(p[0] - place.x, p[1] - place.y);
      if (far >= nearest) continue;
      nearest = far;
      best = p;
    }
  }
  return best ? { foot: best } : {};
}

/** The point of the line from `a` to `b` that is nearest to the place. */
function project(place: Place, a: Point, b: Point): Point {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const along = ((place.x - a[0]) * dx + (place.y - a[1]) * dy) / (dx * dx + dy * dy || 1);
  const k = Math.min(Math.max(along, 0), 1);
  return [a[0] + k * dx, a[1] + k * dy];
}

/** Whether a location's name is meant for people: `Old Bridge` is, `-5229164#1` is not. */
export function isReadable(name: string): boolean {
  return /\p{L}{3}/u.test(name);
}
