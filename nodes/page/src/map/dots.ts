import type { Palette } from '../palette';
import type { Store } from '../store';
import type { Ink } from '../theme';

const FAINT = 0.16;
const HALO_PIXELS = 2.2;
const NOBODY = 255;
/** Painting a path costs more than its dots do together once it has many of them. */
const DOTS_A_PATH = 150;
/** With more in view than this the halo costs more time than it is worth: it takes as long as two dots. */
const MOST_WITH_HALO = 600;

/**
 * Paints the characters in view, many of one colour as one path, with a halo in the colour of the ground that
 * tells neighbours apart. Where no graphics processor helps, 2,000 dots take 4 ms so; copying an image for each
 * takes 12.
 */
export class Dots {
  private colours = new Uint8Array(256);
  private faint = new Uint8Array(256);

  constructor(private readonly ctx: CanvasRenderingContext2D, private readonly store: Store, private readonly palette: Palette) {}

  /** `spotlight`: the only state that stands out, if there is one. */
  paint(
    visible: Int32Array, count: number, xs: Float32Array, ys: Float32Array, radius: number, ink: Ink,
    spotlight: string | undefined,
  ): void {
    this.sort(visible, count, spotlight);
    const halo = count <= MOST_WITH_HALO;
    this.ctx.strokeStyle = ink.ground;
    this.ctx.lineWidth = HALO_PIXELS;
    for (let row = spotlight === undefined ? 0 : 1; row >= 0; row--) {
      this.ctx.globalAlpha = row ? FAINT : 1;
      for (let colour = 0; colour < this.palette.size; colour++) {
        this.ctx.fillStyle = this.palette.colour(colour, ink.dark);
        for (let next = 0; next < count; ) {
          next = this.trace(visible, next, count, xs, ys, radius, colour, row);
          if (halo && !row) this.ctx.stroke();
          this.ctx.fill();
        }
      }
    }
    this.ctx.globalAlpha = 1;
  }

  private sort(visible: Int32Array, count: number, spotlight: string | undefined): void {
    if (this.colours.length < count) {
      this.colours = new Uint8Array(visible.length);
      this.faint = new Uint8Array(visible.length);
    }
    for (let i = 0; i < count; i++) {
      const c = this.store.at(visible[i]!);
      this.colours[i] = c ? this.palette.of(c.state) : NOBODY;
      this.faint[i] = spotlight !== undefined && c?.state !== spotlight ? 1 : 0;
    }
  }

  /** Makes a path of the dots of one colour, beginning with number `from`. Returns the number to go on with. */
  private trace(
    visible: Int32Array, from: number, count: number, xs: Float32Array, ys: Float32Array, radius: number, colour: number,
    row: number,
  ): number {
    this.ctx.beginPath();
    let i = from;
    for (let dots = 0; i < count && dots < DOTS_A_PATH; i++) {
      if (this.colours[i] !== colour || this.faint[i] !== row) continue;
      dots += 1;
      const slot = visible[i]!;
      this.ctx.moveTo(xs[slot]! + radius, ys[slot]!);
      this.ctx.arc(xs[slot]!, ys[slot]!, radius, 0, 2 * Math.PI);
    }
    return i;
  }
}
