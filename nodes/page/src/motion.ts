/** Updates further apart than this say nothing about the rhythm of the next ones. */
const LONGEST_GAP_MS = 3_000;
/** Taken for the rhythm until two updates have shown a real one: kept negative, to be told apart. */
const FIRST_GAP_MS = -500;
const SHORTEST_SPAN_MS = 40;
const LONGEST_SPAN_MS = 2_500;
/** A little longer than the rhythm, so that a late update finds its character still on the way. */
const STRETCH = 1.15;
/** Whoever was silent for so long is put where it is now, not walked across the town. */
const SILENCE_MS = 10_000;

/**
 * Moves characters smoothly between updates, each in the rhythm in which its own updates come: on every
 * update it starts from where it is drawn and arrives about when the next one is due. It never
 * guesses ahead, so what is drawn was always true a moment ago. Positions live in flat arrays, indexed by
 * slot, which grow but are never made anew for a frame. Times are in milliseconds.
 */
export class Motion {
  /** Where to draw, after `sample`. */
  x = new Float64Array(256);
  y = new Float64Array(256);
  /** 1 where a slot has a place at all. */
  placed = new Uint8Array(256);
  /** Slots from here on were never used. */
  size = 0;
  /** Steps longer than this are jumps: shown as such. In the map's unit. */
  jump = Infinity;

  private fromX = new Float64Array(256);
  private fromY = new Float64Array(256);
  private toX = new Float64Array(256);
  private toY = new Float64Array(256);
  private start = new Float64Array(256);
  private span = new Float64Array(256);
  private gap = new Float64Array(256);
  private busyUntil = 0;

  /** An update said that the character of `slot` is at (x, y). */
  moveTo(slot: number, x: number, y: number, now: number): void {
    this.reserve(slot);
    if (!this.placed[slot]) return this.settle(slot, x, y, now);
    const since = now - this.start[slot]!;
    this.learn(slot, since);
    this.locate(slot, now);
    const far = Math.abs(x - this.x[slot]!) + Math.abs(y - this.y[slot]!);
    if (since > SILENCE_MS || far > this.jump) return this.settle(slot, x, y, now);
    this.fromX[slot] = this.x[slot]!;
    this.fromY[slot] = this.y[slot]!;
    this.toX[slot] = x;
    this.toY[slot] = y;
    this.start[slot] = now;
    const span = Math.abs(this.gap[slot]!) * STRETCH;
    this.span[slot] = far === 0 ? 0 : Math.min(Math.max(span, SHORTEST_SPAN_MS), LONGEST_SPAN_MS);
    this.busyUntil = Math.max(this.busyUntil, now + this.span[slot]!);
  }

  /** Where the character of `slot` is going to be: its last known place. */
  targetX(slot: number): number {
    return this.toX[slot]!;
  }
  targetY(slot: number): number {
    return this.toY[slot]!;
  }

  remove(slot: number): void {
    if (slot >= this.size) return;
    this.placed[slot] = 0;
    this.gap[slot] = 0;
  }

  /** Whether anybody is still on the way at `now`. */
  busy(now: number): boolean {
    return now < this.busyUntil;
  }

  /** Works out where everybody is at `now`. */
  sample(now: number): void {
    for (let slot = 0; slot < this.size; slot++) if (this.placed[slot]) this.locate(slot, now);
  }

  private locate(slot: number, now: number): void {
    const span = this.span[slot]!;
    const passed = now - this.start[slot]!;
    const k = passed >= span ? 1 : passed / span;
    this.x[slot] = this.fromX[slot]! + (this.toX[slot]! - this.fromX[slot]!) * k;
    this.y[slot] = this.fromY[slot]! + (this.toY[slot]! - this.fromY[slot]!) * k;
  }

  private learn(slot: number, since: number): void {
    const gap = this.gap[slot]!;
    if (since < 5 || since > LONGEST_GAP_MS) return;
    this.gap[slot] = gap <= 0 ? since : gap * 0.7 + since * 0.3;
  }

  private settle(slot: number, x: number, y: number, now: number): void {
    this.placed[slot] = 1;
    this.x[slot] = this.fromX[slot] = this.toX[slot] = x;
    this.y[slot] = this.fromY[slot] = this.toY[slot] = y;
    this.start[slot] = now;
    this.span[slot] = 0;
    if (this.gap[slot] === 0) this.gap[slot] = FIRST_GAP_MS;
    this.busyUntil = Math.max(this.busyUntil, now + 1);
  }

  private reserve(slot: number): void {
    if (slot >= this.placed.length) this.grow(Math.max(slot + 1, this.placed.length * 2));
    this.size = Math.max(this.size, slot + 1);
  }

  private grow(length: number): void {
    const wider = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const fresh = new Float64Array(length);
      fresh.set(old);
      return fresh;
    };
    const placed = new Uint8Array(length);
    placed.set(this.placed);
    this.placed = placed;
    this.x = wider(this.x);
    this.y = wider(this.y);
    this.fromX = wider(this.fromX);
    this.fromY = wider(this.fromY);
    this.toX = wider(this.toX);
    this.toY = wider(this.toY);
    this.start = wider(this.start);
    this.span = wider(this.span);
    this.gap = wider(this.gap);
  }
}
