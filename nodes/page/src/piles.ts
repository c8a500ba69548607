const BUCKETS = 1 << 20;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/**
 * Tells characters apart who stand at the very same point, or crowd in one place: the first of them keeps it, the others get a
 * place around it, in a sunflower's order. Points are counted in a table of buckets, so adding and
 * removing cost the same however many there are; two points that share a bucket (2,000 characters: about
 * two pairs) are shown a dot's width aside, no worse.
 */
export class Piles {
  /** Offset of each slot to draw at, in units of the distance between neighbours. See `settle`. */
  x = new Float32Array(256);
  y = new Float32Array(256);
  /** 1 for those who only crowd: seen from near they need no help. */
  loose = new Uint8Array(256);
  private dx = new Float32Array(256);
  private dy = new Float32Array(256);
  private bucket = new Int32Array(256).fill(-1);
  private readonly count = new Uint16Array(BUCKETS);

  /** The character of `slot` belongs to the pile at (x, y): it stands there, or `loose`ly about it. */
  put(slot: number, x: number, y: number, loose = false): void {
    if (slot >= this.bucket.length) this.grow(Math.max(slot + 1, this.bucket.length * 2));
    this.loose[slot] = loose ? 1 : 0;
    const bucket = hash(x, y);
    if (this.bucket[slot] === bucket) return;
    this.take(slot);
    this.bucket[slot] = bucket;
    const rank = this.count[bucket]!;
    this.count[bucket] = rank + 1;
    const radius = Math.sqrt(rank);
    this.dx[slot] = radius * Math.cos(rank * GOLDEN_ANGLE);
    this.dy[slot] = radius * Math.sin(rank * GOLDEN_ANGLE);
  }

  /** The character of `slot` is gone. */
  take(slot: number): void {
    const bucket = this.bucket[slot] ?? -1;
    if (bucket < 0) return;
    if (this.count[bucket]! > 0) this.count[bucket]! -= 1;
    this.bucket[slot] = -1;
  }

  /** Brings the drawn offsets nearer to their goals, by the share `k`. Returns whether any is still on its way. */
  settle(size: number, k: number): boolean {
    let left = 0;
    for (let i = 0; i < size && i < this.x.length; i++) {
      const rx = this.dx[i]! - this.x[i]!;
      const ry = this.dy[i]! - this.y[i]!;
      if (rx === 0 && ry === 0) continue;
      const done = Math.abs(rx) + Math.abs(ry) < 0.02;
      this.x[i] = done ? this.dx[i]! : this.x[i]! + rx * k;
      this.y[i] = done ? this.dy[i]! : this.y[i]! + ry * k;
      if (!done) left += 1;
    }
    return left > 0;
  }

  private grow(length: number): void {
    const wider = (old: Float32Array): Float32Array<ArrayBuffer> => {
      const fresh = new Float32Array(length);
      fresh.set(old);
      return fresh;
    };
    this.x = wider(this.x);
    this.y = wider(this.y);
    this.dx = wider(this.dx);
    this.dy = wider(this.dy);
    const loose = new Uint8Array(length);
    loose.set(this.loose);
    this.loose = loose;
    const bucket = new Int32Array(length).fill(-1);
    bucket.set(this.bucket);
    this.bucket = bucket;
  }
}

function hash(x: number, y: number): number {
  const h = Math.imul(Math.round(x * 16), 0x9e3779b1) ^ Math.imul(Math.round(y * 16), 0x85ebca6b);
  return (h ^ (h >>> 15)) & (BUCKETS - 1);
}
