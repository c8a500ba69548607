import { Motion } from './motion';
import { Piles } from './piles';
import { Places } from './places';
import { named, placeOf, type Resolver } from './sentences';
import type { Character, Store, TownEvent } from './store';
import { Trails } from './trails';

/** Distance between places that only have names, in map units. */
const SCHEMATIC_SPACING = 100;

/** Farther out nothing is drawn, and sums of places stay finite. In map units. */
const FARTHEST = 1e15;

/** Turns what the store takes in into what the map draws: where everybody is, was, and is going. */
export class Tracker {
  readonly motion = new Motion();
  readonly piles = new Piles();
  readonly places = new Places();
  readonly trails = new Trails();
  private readonly ids = new Map<string, string>();
  private readonly names: string[] = [];
  private readonly locations: (string | undefined)[] = [];

  /** `now` is the clock of the frames, in milliseconds. */
  constructor(private readonly store: () => Store, private readonly now: () => number) {}

  /** Who is meant by an id or a name. */
  readonly resolve: Resolver = (value) => {
    const { characters } = this.store();
    return characters.get(value) ?? characters.get(this.ids.get(value) ?? '');
  };

  appeared(c: Character): void {
    this.locations[c.slot] = undefined;
    this.note(c);
  }

  changed(c: Character): void {
    this.note(c);
  }

  moved(c: Character): void {
    this.note(c);
    const [x, y] = [bounded(c.x), bounded(c.y)];
    this.put(c, x, y);
    this.trails.tread(c.slot, x, y);
    this.places.report(c.location, x, y);
  }

  gone(c: Character): void {
    this.motion.remove(c.slot);
    this.piles.take(c.slot);
    this.trails.forget(c.slot);
    this.places.leave(c.location);
    if (this.ids.get(c.name) === c.id) this.ids.delete(c.name);
    this.names[c.slot] = '';
  }

  /** The points of the map that an event is about. */
  points(e: TownEvent): [number, number][] {
    const people = named(e, this.resolve).map((id) => this.store().characters.get(id)!);
    const placed = people.filter((c) => this.motion.placed[c.slot]);
    if (placed.length) return placed.map((c) => [this.motion.x[c.slot]!, this.motion.y[c.slot]!]);
    const anchor = this.places.anchor(placeOf(e));
    return anchor ? [[anchor.x, anchor.y]] : [];
  }

  /**
   * Finds a place for those who came without coordinates but say where they are. When nobody has
   * coordinates and nothing is known of the town, the places get a plan of their own.
   */
  housekeeping(): void {
    const all = [...this.store().characters.values()];
    if (all.length && !this.places.streets.length && !all.some((c) => c.placed)) this.places.layOut(SCHEMATIC_SPACING);
    for (const c of all) if (!c.placed && !this.motion.placed[c.slot]) this.lodge(c);
  }

  private note(c: Character): void {
    if (this.names[c.slot] !== c.name) {
      this.names[c.slot] = c.name;
      this.ids.set(c.name, c.id);
    }
    const was = this.locations[c.slot];
    if (was === c.location) return;
    this.places.visit(c, was);
    this.locations[c.slot] = c.location;
    if (!c.placed) this.lodge(c);
  }

  private lodge(c: Character): void {
    const anchor = this.places.anchor(c.location);
    if (anchor) this.put(c, anchor.x, anchor.y);
  }

  private put(c: Character, x: number, y: number): void {
    this.motion.moveTo(c.slot, x, y, this.now());
    const place = this.places.anchor(c.location);
    if (place?.kind) this.piles.put(c.slot, place.x, place.y, x !== place.x || y !== place.y);
    else this.piles.put(c.slot, x, y);
  }
}

function bounded(x: number): number {
  return Math.min(Math.max(x, -FARTHEST), FARTHEST);
}
