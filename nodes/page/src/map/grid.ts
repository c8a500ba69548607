const CELL = 32;

/** A spatial hash of what is on the screen, filled anew each frame without making anything. In CSS pixels. */
export class Grid {
  private columns = 1;
  private rows = 1;
  private heads = new Int32Array(1).fill(-1);
  private next = new Int32Array(256);

  resize(width: number, height: number): void {
    this.columns = Math.max(1, Math.ceil(width / CELL));
    this.rows = Math.max(1, Math.ceil(height / CELL));
    this.heads = new Int32Array(this.columns * this.rows).fill(-1);
  }

  clear(capacity: number): void {
    this.heads.fill(-1);
    if (this.next.length < capacity) this.next = new Int32Array(capacity);
  }

  insert(slot: number, x: number, y: number): void {
    const cell = this.cell(x, y);
    this.next[slot] = this.heads[cell]!;
    this.heads[cell] = slot;
  }

  /** The slot nearest to (x, y) within `reach`, or -1. `xs` and `ys` are what was inserted. */
  nearest(x: number, y: number, reach: number, xs: Float32Array, ys: Float32Array): number {
    let best = -1;
    let bestSquare = reach * reach;
    for (let cy = y - reach; cy <= y + reach + CELL; cy += CELL) {
      for (let cx = x - reach; cx <= x + reach + CELL; cx += CELL) {
        for (let slot = this.heads[this.cell(cx, cy)]!; slot >= 0; slot = this.next[slot]!) {
          const square = (xs[slot]! - x) ** 2 + (ys[slot]! - y) ** 2;
          if (square > bestSquare) continue;
          best = slot;
          bestSquare = square;
        }
      }
    }
    return best;
  }

  /** What lies outside is counted to the cell at the edge. */
  private cell(x: number, y: number): number {
    const column = Math.min(Math.max(Math.floor(x / CELL), 0), this.columns - 1);
    const row = Math.min(Math.max(Math.floor(y / CELL), 0), this.rows - 1);
    return row * this.columns + column;
  }
}
