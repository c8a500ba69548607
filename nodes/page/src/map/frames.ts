const KEPT = 240;
/** A longer pause is not a slow frame: nothing had to be drawn, or the page was hidden. */
const PAUSE_MS = 400;

export interface FrameFigures {
  /** How many frames the figures are of. */
  count: number;
  fps: number;
  /** From frame to frame, milliseconds. */
  p50: number;
  p95: number;
  worst: number;
  /** Spent in drawing, milliseconds. */
  draw50: number;
  draw95: number;
}

/** How long the last frames took. */
export class Frames {
  private readonly gaps = new Float32Array(KEPT);
  private readonly costs = new Float32Array(KEPT);
  private index = 0;
  private filled = 0;
  private before = -Infinity;

  /** A frame that began at `begun` was drawn in `cost` milliseconds. */
  note(begun: number, cost: number): void {
    const gap = begun - this.before;
    this.before = begun;
    if (gap > PAUSE_MS) return;
    this.gaps[this.index] = gap;
    this.costs[this.index] = cost;
    this.index = (this.index + 1) % KEPT;
    this.filled = Math.min(this.filled + 1, KEPT);
  }

  figures(): FrameFigures {
    const gaps = this.gaps.slice(0, this.filled).sort();
    const costs = this.costs.slice(0, this.filled).sort();
    const at = (xs: Float32Array, q: number): number => xs[Math.min(xs.length - 1, Math.floor(xs.length * q))] ?? 0;
    const mean = gaps.reduce((a, b) => a + b, 0) / (gaps.length || 1);
    return {
      count: this.filled, fps: mean > 0 ? 1000 / mean : 0, p50: at(gaps, 0.5), p95: at(gaps, 0.95),
      worst: at(gaps, 1), draw50: at(costs, 0.5), draw95: at(costs, 0.95),
    };
  }
}
