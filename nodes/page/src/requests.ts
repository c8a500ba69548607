import type { Surroundings } from './link';
import type { JsonObject } from './protocol';

/** Of the wait that a node asks for, this part is added by chance: those who were refused together do not come back together. */
const SPREAD = 0.2;
const SHORTEST_MS = 200;
const LONGEST_MS = 3_600_000;

interface Request {
  type: string;
  data: JsonObject;
  /** When it is sent again, on the clock of `Surroundings.now`; 0: it is under way. */
  again: number;
  timer: number;
}

/** Requests that have to be taken in the end: one that the node refuses for now is sent again when the node lets us. */
export class Requests {
  private readonly open = new Map<string, Request>();

  constructor(private readonly world: Surroundings, private readonly send: (type: string, data: JsonObject, id: string) => void) {}

  ask(type: string, data: JsonObject, id: string): void {
    this.answered(id);
    this.open.set(id, { type, data, again: 0, timer: 0 });
    this.send(type, data, id);
  }

  /** The request of this id has its answer; false when there is none. */
  answered(id: string): boolean {
    const x = this.open.get(id);
    if (x) this.world.cancel(x.timer);
    return this.open.delete(id);
  }

  /** The node refused the request of this id for so long; false when there is none. `resent` is told when it goes out again. */
  refused(id: string, waitMs: number, resent: () => void): boolean {
    const x = this.open.get(id);
    if (!x) return false;
    const least = Math.min(Math.max(waitMs, SHORTEST_MS), LONGEST_MS);
    const wait = least * (1 + SPREAD * this.world.random());
    this.world.cancel(x.timer);
    x.again = this.world.now() + wait;
    x.timer = this.world.after(wait, () => {
      x.again = 0;
      resent();
      this.send(x.type, x.data, id);
    });
    return true;
  }

  /** When the first of those that were refused is sent again; 0: none was. */
  get again(): number {
    const due = [...this.open.values()].map((x) => x.again).filter((x) => x > 0);
    return due.length ? Math.min(...due) : 0;
  }

  /** The connection that they were made on is gone. */
  clear(): void {
    for (const x of this.open.values()) this.world.cancel(x.timer);
    this.open.clear();
  }
}
