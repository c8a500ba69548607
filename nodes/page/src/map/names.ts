import type { Store } from '../store';
import type { Ink } from '../theme';
import { Room } from './room';

/** Fewer pixels for each character in view, and names would only be noise. */
const PIXELS_EACH = 8_500;
const MOST_LABELS = 110;
const HEIGHT = 15;

/** Writes the names of the characters in view, as many as find room. Who has a label keeps it if possible. */
export class Names {
  private readonly room = new Room();
  private widths = new Float32Array(256).fill(-1);
  private shown = new Uint8Array(256);
  private written = 0;
  private enough = 0;
  private width = 0;

  constructor(private readonly ctx: CanvasRenderingContext2D, private readonly store: Store) {}

  resize(width: number, height: number): void {
    this.room.resize(width, height);
    this.width = width;
    this.enough = (width * height) / PIXELS_EACH;
  }

  /** The name of this slot changed. */
  forget(slot: number): void {
    if (slot < this.widths.length) this.widths[slot] = -1;
  }

  /** A frame begins: `taken` is what the backdrop's labels have claimed. */
  begin(taken: Room): void {
    this.room.copy(taken);
  }

  /** Names whoever fits, but for `skip` and `skipToo`, who are named in any case. */
  write(
    visible: Int32Array, count: number, xs: Float32Array, ys: Float32Array, radius: number, ink: Ink, skip: number,
    skipToo: number,
  ): void {
    if (count > this.enough) return;
    this.written = 0;
    this.prepare(ink);
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < count && this.written < MOST_LABELS; i++) {
        const slot = visible[i]!;
        if (slot === skip || slot === skipToo) continue;
        this.reserve(slot);
        if (this.shown[slot] !== pass) this.one(slot, xs[slot]!, ys[slot]! + radius + 2, ink);
      }
    }
  }

  /** One name in any case: the selected character's, or that under the pointer. */
  force(slot: number, x: number, y: number, ink: Ink): void {
    const c = this.store.at(slot);
    if (!c) return;
    this.prepare(ink);
    this.ctx.font = `600 12.5px ${ink.font}`;
    this.ctx.lineWidth = 4;
    const width = this.ctx.measureText(c.name).width;
    this.room.claim(x - width / 2 - 2, y, width + 4, HEIGHT);
    const inside = Math.min(Math.max(x, width / 2 + 6), this.width - width / 2 - 6);
    this.ctx.strokeText(c.name, inside, y);
    this.ctx.fillText(c.name, inside, y);
  }

  private prepare(ink: Ink): void {
    const { ctx } = this;
    ctx.font = `500 11px ${ink.font}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'top';
    ctx.lineJoin = 'round';
    ctx.lineWidth = 3;
    ctx.strokeStyle = ink.ground;
    ctx.fillStyle = ink.text;
  }

  private one(slot: number, x: number, y: number, ink: Ink): void {
    const c = this.store.at(slot);
    if (!c) return;
    let width = this.widths[slot]!;
    if (width < 0) width = this.widths[slot] = this.ctx.measureText(c.name).width;
    const fits = this.room.claim(x - width / 2 - 2, y, width + 4, HEIGHT);
    this.shown[slot] = fits ? 1 : 0;
    if (!fits) return;
    this.ctx.strokeText(c.name, x, y);
    this.ctx.fillStyle = ink.text;
    this.ctx.fillText(c.name, x, y);
    this.written += 1;
  }

  private reserve(slot: number): void {
    if (slot < this.shown.length) return;
    const length = Math.max(slot + 1, this.shown.length * 2);
    const widths = new Float32Array(length).fill(-1);
    const shown = new Uint8Array(length);
    widths.set(this.widths);
    shown.set(this.shown);
    this.widths = widths;
    this.shown = shown;
  }
}
