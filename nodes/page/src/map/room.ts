const CELL = 6;

/** Where on the screen something is written already, so that labels do not run into each other. */
export class Room {
  private columns = 1;
  private rows = 1;
  private cells = new Uint8Array(1);

  resize(width: number, height: number): void {
    this.columns = Math.max(1, Math.ceil(width / CELL));
    this.rows = Math.max(1, Math.ceil(height / CELL));
    this.cells = new Uint8Array(this.columns * this.rows);
  }

  clear(): void {
    this.cells.fill(0);
  }

  /** Begins with what `other`, of the same size, has taken. */
  copy(other: Room): void {
    if (other.cells.length === this.cells.length) this.cells.set(other.cells);
  }

  /** Takes the rectangle if nobody has it. False when it is taken, or outside of the screen. */
  claim(left: number, top: number, width: number, height: number): boolean {
    const c0 = Math.floor(left / CELL);
    const c1 = Math.floor((left + width) / CELL);
    const r0 = Math.floor(top / CELL);
    const r1 = Math.floor((top + height) / CELL);
    if (c0 < 0 || r0 < 0 || c1 >= this.columns || r1 >= this.rows) return false;
    for (let r = r0; r <= r1; r++) {
      for (let c = c0; c <= c1; c++) if (this.cells[r * this.columns + c]) return false;
    }
    for (let r = r0; r <= r1; r++) this.cells.fill(1, r * this.columns + c0, r * this.columns + c1 + 1);
    return true;
  }
}
