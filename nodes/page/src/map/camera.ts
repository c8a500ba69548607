const EASE_MS = 450;
const CLOSEST = 4_000;

/** A rectangle in map units. */
export interface Box {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

/**
 * Which part of the map is seen: the map point in the middle, and CSS pixels per map unit. North is up.
 */
export class Camera {
  cx = 0;
  cy = 0;
  scale = 1;
  width = 1;
  height = 1;
  /** Rises with every change of what is seen. */
  revision = 0;
  /** Whether the view still follows the extent of the town: until the user takes hold of it. */
  auto = true;
  /** 1 when y grows to the north, -1 when it grows to the south. */
  up = 1;
  /** No easing: the user asked for less motion. */
  still = false;

  private fitScale = 1;
  private goal = { cx: 0, cy: 0, scale: 1 };
  private from = { cx: 0, cy: 0, scale: 1 };
  private easedAt = 0;
  private easing = false;

  screenX(x: number): number {
    return (x - this.cx) * this.scale + this.width / 2;
  }
  screenY(y: number): number {
    return this.height / 2 - (y - this.cy) * this.scale * this.up;
  }
  mapX(sx: number): number {
    return this.cx + (sx - this.width / 2) / this.scale;
  }
  mapY(sy: number): number {
    return this.cy - ((sy - this.height / 2) / this.scale) * this.up;
  }

  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.revision += 1;
  }

  /** Moves the map by so many pixels under the user's hand. */
  pan(dx: number, dy: number): void {
    this.take();
    this.cx -= dx / this.scale;
    this.cy += (dy / this.scale) * this.up;
    this.revision += 1;
  }

  /** Zooms by `factor`, keeping the map point at (sx, sy) where it is. */
  zoomAt(factor: number, sx: number, sy: number): void {
    this.take();
    const x = this.mapX(sx);
    const y = this.mapY(sy);
    this.scale = this.clamp(this.scale * factor);
    this.cx = x - (sx - this.width / 2) / this.scale;
    this.cy = y + ((sy - this.height / 2) / this.scale) * this.up;
    this.revision += 1;
  }

  /** Zooms by `factor` about the middle, eased. */
  zoom(factor: number, now: number): void {
    const base = this.easing ? this.goal : this;
    this.auto = false;
    this.go(base.cx, base.cy, this.clamp(base.scale * factor), now);
  }

  /** Shows all of `box`. `margin`, and `below` (left free at the lower edge), are in pixels. */
  fit(box: Box, margin: number, below: number, now: number, eased = true): void {
    const w = Math.max(box.right - box.left, 1e-6);
    const h = Math.max(box.top - box.bottom, 1e-6);
    const room = (x: number): number => Math.max(x - 2 * margin, x * 0.4);
    this.fitScale = Math.min(room(this.width) / w, room(this.height - below) / h);
    const cx = (box.left + box.right) / 2;
    const cy = (box.bottom + box.top) / 2 - ((below / 2) * this.up) / this.fitScale;
    if (eased && this.near(cx, cy, this.fitScale)) return;
    this.go(cx, cy, this.fitScale, now);
    if (!eased) this.finish();
  }

  /** Goes to a point, and at least `closer` times nearer than the whole town. */
  visit(x: number, y: number, closer: number, now: number): void {
    this.auto = false;
    this.go(x, y, Math.max(this.scale, this.clamp(this.fitScale * closer)), now);
  }

  /** Keeps a moving point in the middle. */
  follow(x: number, y: number): void {
    if (this.easing) {
      this.goal.cx = x;
      this.goal.cy = y;
      return;
    }
    if (Math.abs(x - this.cx) + Math.abs(y - this.cy) < 0.05 / this.scale) return;
    this.cx = x;
    this.cy = y;
    this.revision += 1;
  }

  /** One step of easing. */
  step(now: number): void {
    if (!this.easing) return;
    const k = Math.min(1, (now - this.easedAt) / EASE_MS);
    const e = 1 - (1 - k) ** 3;
    this.cx = this.from.cx + (this.goal.cx - this.from.cx) * e;
    this.cy = this.from.cy + (this.goal.cy - this.from.cy) * e;
    this.scale = this.from.scale * (this.goal.scale / this.from.scale) ** e;
    this.easing = k < 1;
    this.revision += 1;
  }

  get moving(): boolean {
    return this.easing;
  }

  /** How much nearer than the whole town the view is. */
  get nearness(): number {
    return this.scale / this.fitScale;
  }

  /** Whether the view is, but for a hand's breadth, there already: not worth moving the map for. */
  private near(cx: number, cy: number, scale: number): boolean {
    const view = this.easing ? this.goal : this;
    const apart = Math.max(Math.abs(cx - view.cx) * scale, Math.abs(cy - view.cy) * scale);
    return apart < 12 && Math.abs(scale / view.scale - 1) < 0.03;
  }

  private take(): void {
    this.auto = false;
    this.easing = false;
  }

  private go(cx: number, cy: number, scale: number, now: number): void {
    this.goal = { cx, cy, scale };
    this.from = { cx: this.cx, cy: this.cy, scale: this.scale };
    this.easedAt = now;
    this.easing = true;
    if (this.still) this.finish();
  }

  private finish(): void {
    this.step(Infinity);
  }

  private clamp(scale: number): number {
    return Math.min(Math.max(scale, this.fitScale / 4), this.fitScale * CLOSEST);
  }
}
