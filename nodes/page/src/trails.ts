const CHUNK = 256;
const MOST_CHUNKS = 64;
/** A step of more cells than this is a jump, and no street. */
const LONGEST_STEP = 14;

/** Some trodden ways, and the box they lie in (map units). */
export interface TrailChunk {
  path: Path2D;
  count: number;
  left: number;
  right: number;
  bottom: number;
  top: number;
}

/**
 * The ways that characters have been seen to go: where the node does not describe its streets, they
 * show after a while. A way is kept once, however often it is gone: by the pair of cells it joins.
 */
export class Trails {
  readonly chunks: TrailChunk[] = [];
  revision = 0;
  private cell = 0;
  private lastX = new Float64Array(256);
  private lastY = new Float64Array(256);
  private known = new Uint8Array(256);
  private seen = new Set<number>();

  /** Sets the cells' size from the extent of the town; forgets all when the town turns out much larger. */
  scaleTo(extent: number): void {
    const cell = 2 ** Math.ceil(Math.log2(Math.max(extent, 1e-6) / 400));
    if (cell <= this.cell) return;
    this.cell = cell;
    this.chunks.length = 0;
    this.seen.clear();
    this.known.fill(0);
    this.revision += 1;
  }

  /** The character of `slot` was seen at (x, y). */
  tread(slot: number, x: number, y: number): void {
    if (!this.cell || this.chunks.length > MOST_CHUNKS) return;
    if (slot >= this.known.length) this.grow(Math.max(slot + 1, this.known.length * 2));
    if (!this.known[slot]) return this.stand(slot, x, y);
    const dx = Math.abs(x - this.lastX[slot]!) / this.cell;
    const dy = Math.abs(y - this.lastY[slot]!) / this.cell;
    if (dx < 1 && dy < 1) return;
    if (dx < LONGEST_STEP && dy < LONGEST_STEP) this.join(this.lastX[slot]!, this.lastY[slot]!, x, y);
    this.stand(slot, x, y);
  }

  /** The slot is free: whoever gets it next did not come from here. */
  forget(slot: number): void {
    if (slot < this.known.length) this.known[slot] = 0;
  }

  private stand(slot: number, x: number, y: number): void {
    this.lastX[slot] = x;
    this.lastY[slot] = y;
    this.known[slot] = 1;
  }

  private join(x0: number, y0: number, x1: number, y1: number): void {
    const a = this.key(x0, y0);
    const b = this.key(x1, y1);
    const key = Math.min(a, b) * 67_108_864 + Math.max(a, b);
    if (this.seen.has(key)) return;
    this.seen.add(key);
    const chunk = this.open(x0, y0);
    chunk.path.moveTo(x0, y0);
    chunk.path.lineTo(x1, y1);
    chunk.count += 1;
    chunk.left = Math.min(chunk.left, x0, x1);
    chunk.right = Math.max(chunk.right, x0, x1);
    chunk.bottom = Math.min(chunk.bottom, y0, y1);
    chunk.top = Math.max(chunk.top, y0, y1);
    this.revision += 1;
  }

  /** A number below 2^26 for the cell of (x, y): 8,192 cells each way, beyond which they wrap. */
  private key(x: number, y: number): number {
    return (Math.floor(x / this.cell) & 8191) * 8192 + (Math.floor(y / this.cell) & 8191);
  }

  private open(x: number, y: number): TrailChunk {
    const last = this.chunks.at(-1);
    if (last && last.count < CHUNK) return last;
    const chunk: TrailChunk = { path: new Path2D(), count: 0, left: x, right: x, bottom: y, top: y };
    this.chunks.push(chunk);
    return chunk;
  }

  private grow(length: number): void {
    const lastX = new Float64Array(length);
    const lastY = new Float64Array(length);
    const known = new Uint8Array(length);
    lastX.set(this.lastX);
    lastY.set(this.lastY);
    known.set(this.known);
    this.lastX = lastX;
    this.lastY = lastY;
    this.known = known;
  }
}
