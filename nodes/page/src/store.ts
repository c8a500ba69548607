import { isObject, number, text, type Envelope, type Json, type JsonObject } from './protocol';

/** One step in the life of a character: it did something else, or went somewhere else. */
export interface Step {
  /** Seconds since the Unix epoch. */
  at: number;
  state: string;
  location: string;
}

export interface Character {
  readonly id: string;
  /** Index into the arrays that the map draws from. */
  readonly slot: number;
  name: string;
  state: string;
  location: string;
  /** Where the node says it is; meaningless unless `placed`. */
  x: number;
  y: number;
  placed: boolean;
  attributes: JsonObject;
  epoch: number;
  version: number;
  timestamp: number;
  /** The last steps, newest last. */
  history: Step[];
  /** Name and id in lower case, for the search. */
  needle: string;
  round: number;
}

export interface TownEvent {
  /** Counts up from 1: names an event on this page. */
  serial: number;
  type: string;
  data: Json;
  /** Seconds since the Unix epoch. */
  at: number;
}

/** Who wants to know what the store took in. */
export interface Watcher {
  appeared(c: Character): void;
  /** State, location, name or attributes; `before` is the state until now. */
  changed(c: Character, before: string): void;
  /** It has (new) coordinates. */
  moved(c: Character): void;
  gone(c: Character): void;
  event(e: TownEvent): void;
}

const STEPS_KEPT = 24;
const EVENTS_KEPT = 300;
const TOMBSTONES_KEPT = 4_096;

/** What the town looks like now, as far as this page was told. */
export class Store {
  readonly characters = new Map<string, Character>();
  /** How many characters are in each state; states that nobody is in any more stay, with 0. */
  readonly states = new Map<string, number>();
  /** The last events, newest last. */
  readonly events: TownEvent[] = [];
  eventsSeen = 0;

  private readonly bySlot: (Character | undefined)[] = [];
  private readonly free: number[] = [];
  private readonly tombstones = new Map<string, { epoch: number; version: number }>();
  private round = 0;

  constructor(private readonly watcher: Watcher) {}

  /** The character that is drawn from `slot`. */
  at(slot: number): Character | undefined {
    return this.bySlot[slot];
  }

  /** Takes in one message; unknown types are ignored. */
  apply(x: Envelope): void {
    switch (x.type) {
      case 'character_update': return this.update(x, 'state', true);
      case 'state_change': return this.update(x, 'new_state', false);
      case 'character_removed': return this.remove(x.data);
      case 'event_notification': return this.happened(x);
    }
  }

  /** A snapshot of the whole begins: who is not in it is not there any more. See `sweep`. */
  beginSnapshot(): void {
    this.round += 1;
    this.tombstones.clear();
  }

  /** The node began a new life: epochs and versions of the one before say nothing about what it tells from now on. */
  beginLife(): void {
    this.tombstones.clear();
    for (const c of this.characters.values()) c.epoch = c.version = 0;
  }

  /** Forgets whoever was not mentioned since the last `beginSnapshot`. Returns how many. */
  sweep(): number {
    let swept = 0;
    for (const c of this.characters.values()) {
      if (c.round === this.round) continue;
      this.forget(c);
      swept += 1;
    }
    return swept;
  }

  private update(x: Envelope, stateKey: string, whole: boolean): void {
    const id = text(x.data, 'character_id');
    if (!id || this.outdated(id, x.data)) return;
    const known = this.characters.get(id);
    const c = known ?? this.create(id);
    const before = c.state;
    const where = c.location;
    this.take(c, x, stateKey, whole);
    if (!known) this.appear(c);
    else if (before !== c.state) this.recount(before, c.state);
    if (!known || before !== c.state || where !== c.location) remember(c);
    this.place(c, x.data);
    if (known) this.watcher.changed(c, before);
  }

  private take(c: Character, x: Envelope, stateKey: string, whole: boolean): void {
    const data = x.data as JsonObject;
    c.state = text(data, stateKey, whole ? '' : c.state);
    c.location = text(data, 'location', whole ? '' : c.location);
    const name = text(data, 'name', c.name);
    if (name !== c.name || !c.needle) c.needle = `${name}\n${c.id}`.toLowerCase();
    c.name = name;
    if (isObject(data.attributes)) c.attributes = data.attributes;
    else if (whole) c.attributes = {};
    c.epoch = number(data, 'epoch') ?? c.epoch;
    c.version = number(data, 'version') ?? c.version;
    c.timestamp = number(data, 'timestamp') ?? x.timestamp;
    c.round = this.round;
  }

  private create(id: string): Character {
    const slot = this.free.pop() ?? this.bySlot.length;
    const c: Character = {
      id, slot, name: id, state: '', location: '', x: 0, y: 0, placed: false, attributes: {}, epoch: 0,
      version: 0, timestamp: 0, history: [], needle: '', round: this.round,
    };
    this.bySlot[slot] = c;
    return c;
  }

  private appear(c: Character): void {
    this.characters.set(c.id, c);
    this.tombstones.delete(c.id);
    this.states.set(c.state, (this.states.get(c.state) ?? 0) + 1);
    this.watcher.appeared(c);
  }

  private recount(before: string, after: string): void {
    this.states.set(before, (this.states.get(before) ?? 1) - 1);
    this.states.set(after, (this.states.get(after) ?? 0) + 1);
  }

  private place(c: Character, data: Json): void {
    const x = number(data, 'x');
    const y = number(data, 'y');
    if (x === undefined || y === undefined) return;
    c.x = x;
    c.y = y;
    c.placed = true;
    this.watcher.moved(c);
  }

  private remove(data: Json): void {
    const id = text(data, 'character_id');
    if (!id || this.outdated(id, data)) return;
    this.bury(id, data);
    const c = this.characters.get(id);
    if (c) this.forget(c);
  }

  private forget(c: Character): void {
    this.characters.delete(c.id);
    this.bySlot[c.slot] = undefined;
    this.free.push(c.slot);
    this.states.set(c.state, (this.states.get(c.state) ?? 1) - 1);
    this.watcher.gone(c);
  }

  private bury(id: string, data: Json): void {
    if (this.tombstones.size >= TOMBSTONES_KEPT) this.tombstones.clear();
    this.tombstones.set(id, { epoch: number(data, 'epoch') ?? 0, version: number(data, 'version') ?? 0 });
  }

  /** Whether `data` is of a revision before the one that is known. Messages without a revision never are. */
  private outdated(id: string, data: Json): boolean {
    const known = this.characters.get(id) ?? this.tombstones.get(id);
    const epoch = number(data, 'epoch');
    if (!known || epoch === undefined) return false;
    return epoch < known.epoch || (epoch === known.epoch && (number(data, 'version') ?? 0) < known.version);
  }

  private happened(x: Envelope): void {
    this.eventsSeen += 1;
    const e: TownEvent = {
      serial: this.eventsSeen,
      type: text(x.data, 'event_type', 'event'),
      data: isObject(x.data) ? (x.data.data ?? null) : null,
      at: number(x.data, 'timestamp') ?? x.timestamp,
    };
    this.events.push(e);
    if (this.events.length > EVENTS_KEPT) this.events.shift();
    this.watcher.event(e);
  }
}

function remember(c: Character): void {
  c.history.push({ at: c.timestamp, state: c.state, location: c.location });
  if (c.history.length > STEPS_KEPT) c.history.shift();
}
