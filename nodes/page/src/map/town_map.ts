import type { Motion } from '../motion';
import type { Palette } from '../palette';
import type { Piles } from '../piles';
import type { Places } from '../places';
import type { Store } from '../store';
import type { Ink } from '../theme';
import type { Trails } from '../trails';
import { Backdrop } from './backdrop';
import { Camera, type Box } from './camera';
import { Dots } from './dots';
import { extentOf, isOutside, type Points } from './extent';
import { Frames } from './frames';
import { Grid } from './grid';
import { Names } from './names';
import { Pings } from './pings';

const MARGIN = 56;
/** How often what hardly changes (extent, labels of places) is looked at again, milliseconds. */
const REVIEW_MS = 1_500;
const MOST_RATIO = 2;
/** Seen from so near, those who crowd in a place are drawn exactly where they are. */
const CROWD_NEARNESS = 5;
/** From the middle of a marked dot to its name above it, pixels, beside the dot's radius. */
const NAME_ABOVE = 20;

/** What the map is a picture of. */
export interface Scene {
  store: Store;
  motion: Motion;
  piles: Piles;
  places: Places;
  trails: Trails;
  palette: Palette;
}

/** The town on two canvases: what moves is drawn each frame, what does not only when the view changes. */
export class TownMap {
  readonly camera = new Camera();
  readonly frames = new Frames();
  readonly pings = new Pings();
  /** Slots of the characters that are marked; -1 for none. */
  selected = -1;
  hovered = -1;
  following = false;
  /** How many pixels at the lower edge something else stands on. */
  below = 0;
  /** How many characters are too far from the others to be shown with them. */
  farAway = 0;
  /** Only characters in this state stand out, unless undefined. */
  spotlight: string | undefined;
  /** Where everybody was drawn last, CSS pixels by slot. */
  xs = new Float32Array(256);
  ys = new Float32Array(256);
  private visible = new Int32Array(256);
  private count = 0;
  private radius = 4;
  private ratio = 1;
  private dirty = true;
  private reviewedAt = -Infinity;
  private painted = { camera: -1, places: -1, trails: -1 };
  private readonly ctx: CanvasRenderingContext2D;
  private readonly backdrop: Backdrop;
  private readonly grid = new Grid();
  private readonly dots: Dots;
  private readonly names: Names;

  constructor(
    private readonly canvas: HTMLCanvasElement, back: HTMLCanvasElement, private readonly scene: Scene, private ink: Ink,
  ) {
    this.ctx = canvas.getContext('2d')!;
    this.backdrop = new Backdrop(back, this.camera, scene.places, scene.trails);
    this.dots = new Dots(this.ctx, scene.store, scene.palette);
    this.names = new Names(this.ctx, scene.store);
    this.camera.auto = true;
  }

  start(): void {
    new ResizeObserver(() => this.resize()).observe(this.canvas);
    this.resize();
    const tick = (now: number): void => {
      requestAnimationFrame(tick);
      this.frame(now);
    };
    requestAnimationFrame(tick);
  }

  /** Something changed that is not seen by itself: draw the next frame. `still`: paint the backdrop anew, too. */
  touch(still = false): void {
    this.dirty = true;
    if (still) this.painted.camera = -1;
  }

  recolour(ink: Ink): void {
    this.ink = ink;
    this.touch(true);
  }

  renamed(slot: number): void {
    this.names.forget(slot);
  }

  /** The slot of the character drawn nearest to a point on the canvas, or -1. */
  hit(x: number, y: number, reach: number): number {
    return this.grid.nearest(x, y, reach, this.xs, this.ys);
  }

  fit(now: number, eased = true): void {
    const box = this.extent();
    const margin = Math.min(MARGIN, this.camera.width * 0.09);
    if (box) this.camera.fit(box, margin, this.below, now, eased);
  }

  /** What is known of the town changed a lot: look at it in the next frame. */
  reviewSoon(): void {
    this.reviewedAt = -Infinity;
  }

  /** The slot in view that is `step` (1 or -1) after the selected one; -1 when nobody is in view. */
  neighbour(step: number): number {
    const at = this.visible.subarray(0, this.count).indexOf(this.selected);
    const next = at < 0 ? (step > 0 ? 0 : this.count - 1) : (at + step + this.count) % this.count;
    return this.count ? this.visible[next]! : -1;
  }

  /** The box around all that has a place, but for what is far away from all others; undefined when nothing has. */
  extent(): Box | undefined {
    const { motion, places } = this.scene;
    const points: Points = [];
    for (let i = 0; i < motion.size; i++) if (motion.placed[i]) points.push(motion.targetX(i), motion.targetY(i));
    for (const place of places.all.values()) if (place.fixed) points.push(place.x, place.y);
    for (const street of places.streets) for (const [x, y] of street.points) points.push(x, y);
    const box = extentOf(points);
    if (!box) return undefined;
    const pad = Math.max(box.right - box.left, box.top - box.bottom) === 0 ? 50 : 0;
    return { left: box.left - pad, right: box.right + pad, bottom: box.bottom - pad, top: box.top + pad };
  }

  private resize(): void {
    const { width, height } = this.canvas.getBoundingClientRect();
    if (!width || !height) return;
    this.ratio = Math.min(devicePixelRatio || 1, MOST_RATIO);
    this.canvas.width = Math.round(width * this.ratio);
    this.canvas.height = Math.round(height * this.ratio);
    this.camera.resize(width, height);
    this.backdrop.resize(this.ratio);
    this.grid.resize(width, height);
    this.names.resize(width, height);
    if (this.camera.auto) this.fit(performance.now(), false);
    this.frame(performance.now());
  }

  private frame(now: number): void {
    const { motion, piles } = this.scene;
    if (now - this.reviewedAt > REVIEW_MS) this.review(now);
    this.camera.step(now);
    const moving = motion.busy(now) || this.pings.busy(now) || this.camera.moving;
    const crowding = piles.settle(motion.size, 0.15);
    if (!moving && !crowding && !this.dirty && this.painted.camera === this.camera.revision) return;
    this.dirty = moving || crowding;
    const begun = performance.now();
    motion.sample(now);
    if (this.following && this.selected >= 0) this.camera.follow(motion.x[this.selected]!, motion.y[this.selected]!);
    this.paintBackdrop();
    this.paint(now);
    this.frames.note(now, performance.now() - begun);
  }

  private review(now: number): void {
    this.reviewedAt = now;
    const box = this.extent();
    if (!box) return;
    this.scene.places.keepWithin(box);
    this.farAway = this.countOutside(box);
    this.camera.up = this.scene.places.southward ? -1 : 1;
    this.backdrop.extent = Math.max(box.right - box.left, box.top - box.bottom);
    this.scene.motion.jump = this.backdrop.extent / 4;
    this.scene.trails.scaleTo(this.backdrop.extent);
    this.backdrop.rank();
    if (this.camera.auto) this.fit(now, this.painted.camera >= 0);
    const { places, trails } = this.scene;
    if (this.painted.places !== places.revision || this.painted.trails !== trails.revision) this.touch(true);
  }

  private countOutside(box: Box): number {
    const { motion } = this.scene;
    let result = 0;
    for (let i = 0; i < motion.size; i++) if (motion.placed[i] && isOutside(box, motion.targetX(i), motion.targetY(i))) result += 1;
    return result;
  }

  private paintBackdrop(): void {
    if (this.painted.camera === this.camera.revision) return;
    const { places, trails } = this.scene;
    this.painted = { camera: this.camera.revision, places: places.revision, trails: trails.revision };
    this.backdrop.paint(this.ink);
  }

  private paint(now: number): void {
    this.project();
    this.ctx.setTransform(1, 0, 0, 1, 0, 0);
    this.ctx.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.paintPings(now);
    this.dots.paint(this.visible, this.count, this.xs, this.ys, this.radius, this.ink, this.spotlight);
    this.backdrop.writeLabels(this.ctx, this.ink);
    this.names.begin(this.backdrop.room);
    if (this.selected >= 0) this.mark(this.selected, 2.5, this.ink.accent);
    if (this.hovered >= 0 && this.hovered !== this.selected) this.mark(this.hovered, 1.5, this.ink.text);
    this.names.write(
      this.visible, this.count, this.xs, this.ys, this.radius, this.ink, this.selected, this.hovered,
    );
  }

  /** Works out where everybody is on the screen, and who is in view. */
  private project(): void {
    const { motion, piles } = this.scene;
    const { camera } = this;
    this.reserve(motion.placed.length);
    this.radius = this.dotRadius();
    this.grid.clear(this.xs.length);
    this.count = 0;
    const edge = this.radius + 2;
    const apart = this.radius * 1.9;
    const apartLoosely = 0.8 * apart * Math.min(Math.max((CROWD_NEARNESS - camera.nearness) / 2, 0), 1);
    for (let slot = 0; slot < motion.size; slot++) {
      if (!motion.placed[slot]) continue;
      const aside = piles.loose[slot] ? apartLoosely : apart;
      const x = camera.screenX(motion.x[slot]!) + (piles.x[slot] ?? 0) * aside;
      const y = camera.screenY(motion.y[slot]!) + (piles.y[slot] ?? 0) * aside;
      this.xs[slot] = x;
      this.ys[slot] = y;
      if (x < -edge || y < -edge || x > camera.width + edge || y > camera.height + edge) continue;
      this.visible[this.count++] = slot;
      this.grid.insert(slot, x, y);
    }
  }

  /** Smaller the more there are for the room there is, larger the nearer one looks. */
  private dotRadius(): number {
    const pixelsEach = (this.camera.width * this.camera.height) / Math.max(1, this.scene.store.characters.size);
    const base = Math.min(Math.max(0.5 + 0.09 * Math.sqrt(pixelsEach), 1.5), 5);
    return Math.min(base * Math.max(this.camera.nearness, 0.5) ** 0.35, 9);
  }

  private paintPings(now: number): void {
    const { ctx, camera } = this;
    ctx.strokeStyle = this.ink.accent;
    ctx.lineWidth = 1.5;
    this.pings.each(now, (x, y, age) => {
      ctx.globalAlpha = (1 - age) * 0.7;
      ctx.beginPath();
      ctx.arc(camera.screenX(x), camera.screenY(y), this.radius + 3 + 15 * age, 0, 2 * Math.PI);
      ctx.stroke();
    });
    ctx.globalAlpha = 1;
  }

  private mark(slot: number, width: number, colour: string): void {
    if (!this.scene.motion.placed[slot]) return;
    const { ctx } = this;
    ctx.lineWidth = width;
    ctx.strokeStyle = colour;
    ctx.beginPath();
    ctx.arc(this.xs[slot]!, this.ys[slot]!, this.radius + 4, 0, 2 * Math.PI);
    ctx.stroke();
    this.names.force(slot, this.xs[slot]!, this.ys[slot]! - this.radius - NAME_ABOVE, this.ink);
  }

  private reserve(length: number): void {
    if (this.xs.length >= length) return;
    this.xs = new Float32Array(length);
    this.ys = new Float32Array(length);
    this.visible = new Int32Array(length);
  }
}
