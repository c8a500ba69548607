const MOST = 48;
const LIFE_MS = 1_600;

/** Rings that spread from where something happened, and fade. The oldest gives way to the newest. */
export class Pings {
  private readonly x = new Float64Array(MOST);
  private readonly y = new Float64Array(MOST);
  private readonly born = new Float64Array(MOST).fill(-Infinity);
  private next = 0;
  private last = -Infinity;

  add(x: number, y: number, now: number): void {
    this.x[this.next] = x;
    this.y[this.next] = y;
    this.born[this.next] = now;
    this.next = (this.next + 1) % MOST;
    this.last = now;
  }

  busy(now: number): boolean {
    return now - this.last < LIFE_MS;
  }

  /** Calls `ring` for each that lives, with its place and its age in 0..1. */
  each(now: number, ring: (x: number, y: number, age: number) => void): void {
    if (!this.busy(now)) return;
    for (let i = 0; i < MOST; i++) {
      const age = (now - this.born[i]!) / LIFE_MS;
      if (age >= 0 && age < 1) ring(this.x[i]!, this.y[i]!, age);
    }
  }
}
