import { isReadable, type Place, type Places } from '../places';
import type { Ink } from '../theme';
import type { Trails } from '../trails';
import type { Camera } from './camera';
import { Room } from './room';

const GREEN = new Set(['park', 'field', 'garden', 'forest', 'farm', 'meadow']);
const PAVED = new Set(['square', 'market', 'plaza']);
const WATER = new Set(['harbour', 'water', 'river', 'lake', 'pond', 'port']);
const PLAIN = new Set(['home', 'house', 'residence']);
/** Derived places that nobody is at now are still labelled from this nearness on. */
const EMPTY_LABEL_NEARNESS = 3;
const HOME_LABEL_NEARNESS = 2.6;
/** A street has to be so wide to be named. */
const NAMED_STREET_PIXELS = 8;
/** Derived places get so many square pixels each, seen from afar: what is there is more important than its name. */
const PIXELS_A_LABEL = 32_000;

/** A place's name, where it is to be written (CSS pixels). */
interface Label {
  words: string;
  x: number;
  y: number;
  font: string;
  colour: string;
}

/** Paints what does not move: ways, streets, places and their labels. */
export class Backdrop {
  /** What the labels have taken; names of characters go around them. */
  readonly room = new Room();
  /** Larger side of the town, in map units: what widths are measured by. */
  extent = 1;
  private readonly ctx: CanvasRenderingContext2D;
  private ratio = 1;
  private streetPaths: Path2D[] = [];
  private streetsOf: unknown;
  private lanes = new Path2D();
  private ranked: Place[] = [];
  private readonly labels: Label[] = [];
  /** How many derived places may still be labelled in this painting. */
  private derived = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly camera: Camera,
    private readonly places: Places,
    private readonly trails: Trails,
  ) {
    this.ctx = canvas.getContext('2d', { alpha: false })!;
  }

  resize(ratio: number): void {
    this.ratio = ratio;
    this.canvas.width = Math.round(this.camera.width * ratio);
    this.canvas.height = Math.round(this.camera.height * ratio);
    this.room.resize(this.camera.width, this.camera.height);
  }

  /** The places changed: whoever has most visitors is labelled first. */
  rank(): void {
    this.ranked = [...this.places.all.values()]
      .filter((p) => p.fixed || p.reports > 2)
      .sort((a, b) => weight(b) - weight(a) || a.name.localeCompare(b.name));
  }

  paint(ink: Ink): void {
    const { ctx, camera } = this;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.fillStyle = ink.ground;
    ctx.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.toMap();
    ctx.lineCap = 'round';
    ctx.lineJoin = 'round';
    if (this.places.streets.length) this.paintStreets(ink);
    else this.paintTrails(ink);
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.room.clear();
    for (const place of this.ranked) if (place.kind) this.paintPlace(place, ink);
    this.labels.length = 0;
    this.derived = (camera.width * camera.height * camera.nearness ** 2) / PIXELS_A_LABEL;
    for (const place of this.ranked) this.label(place, ink);
    if (this.streetWidth() >= NAMED_STREET_PIXELS) this.nameStreets(ink);
  }

  /** Writes the names of the places: on top of what moves, so on another canvas. */
  writeLabels(ctx: CanvasRenderingContext2D, ink: Ink): void {
    ctx.textAlign = 'center';
    ctx.textBaseline = 'top';
    ctx.lineJoin = 'round';
    ctx.lineWidth = 3;
    ctx.strokeStyle = ink.ground;
    for (const label of this.labels) {
      ctx.font = label.font;
      ctx.strokeText(label.words, label.x, label.y);
      ctx.fillStyle = label.colour;
      ctx.fillText(label.words, label.x, label.y);
    }
  }

  private toMap(): void {
    const { camera: c, ratio } = this;
    const k = c.scale * ratio;
    this.ctx.setTransform(k, 0, 0, -k * c.up, (c.width / 2 - c.cx * c.scale) * ratio,
      (c.height / 2 + c.cy * c.scale * c.up) * ratio);
  }

  private paintTrails(ink: Ink): void {
    const { ctx, camera } = this;
    const width = Math.min(Math.max((this.extent / 700) * camera.scale, 1.2), 9);
    ctx.strokeStyle = ink.trail;
    ctx.lineWidth = width / camera.scale;
    const halfWidth = camera.width / 2 / camera.scale;
    const halfHeight = camera.height / 2 / camera.scale;
    for (const chunk of this.trails.chunks) {
      const aside = chunk.left > camera.cx + halfWidth || chunk.right < camera.cx - halfWidth;
      const beyond = chunk.bottom > camera.cy + halfHeight || chunk.top < camera.cy - halfHeight;
      if (!aside && !beyond) ctx.stroke(chunk.path);
    }
  }

  private streetWidth(): number {
    return Math.min(Math.max((this.extent / 130) * this.camera.scale, 2.5), 30);
  }

  private paintStreets(ink: Ink): void {
    const { ctx, camera } = this;
    if (this.streetsOf !== this.places.streets) this.tracePaths();
    const width = this.streetWidth();
    for (const [colour, extra] of [[ink.casing, 2], [ink.street, 0]] as const) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = (width * 0.4 + extra) / camera.scale;
      ctx.stroke(this.lanes);
      ctx.lineWidth = (width + extra) / camera.scale;
      for (const path of this.streetPaths) ctx.stroke(path);
    }
  }

  private tracePaths(): void {
    this.streetsOf = this.places.streets;
    this.streetPaths = this.places.streets.map((street) => {
      const path = new Path2D();
      street.points.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
      return path;
    });
    this.lanes = new Path2D();
    for (const place of this.places.all.values()) {
      if (!place.foot) continue;
      this.lanes.moveTo(place.x, place.y);
      this.lanes.lineTo(...place.foot);
    }
  }

  /** Half the side of a place's mark, in CSS pixels. */
  private half(place: Place): number {
    const size = Math.min(Math.max((this.extent / 90) * this.camera.scale, 5), 64);
    if (GREEN.has(place.kind)) return size * 1.25;
    if (PAVED.has(place.kind) || WATER.has(place.kind)) return size * 1.05;
    return size * (PLAIN.has(place.kind) ? 0.42 : 0.6);
  }

  private paintPlace(place: Place, ink: Ink): void {
    const { ctx, camera } = this;
    const x = camera.screenX(place.x);
    const y = camera.screenY(place.y);
    const half = this.half(place);
    if (x < -half || y < -half || x > camera.width + half || y > camera.height + half) return;
    ctx.beginPath();
    if (GREEN.has(place.kind) || WATER.has(place.kind)) {
      ctx.fillStyle = GREEN.has(place.kind) ? ink.green : ink.water;
      ctx.ellipse(x, y, half * 1.15, half * 0.9, 0, 0, 2 * Math.PI);
      ctx.fill();
      return;
    }
    ctx.fillStyle = PAVED.has(place.kind) ? ink.street : PLAIN.has(place.kind) ? ink.home : ink.house;
    ctx.strokeStyle = ink.casing;
    ctx.lineWidth = 1;
    ctx.save();
    ctx.translate(x, y);
    if (place.foot) ctx.rotate(Math.atan2((place.y - place.foot[1]) * camera.up, place.foot[0] - place.x));
    ctx.roundRect(-half, -half, half * 2, half * 2, Math.min(half * 0.3, 5));
    ctx.fill();
    ctx.stroke();
    ctx.restore();
  }

  private label(place: Place, ink: Ink): void {
    const { ctx, camera } = this;
    if (!this.worthALabel(place)) return;
    const x = camera.screenX(place.x);
    const y = camera.screenY(place.y);
    if (x < -80 || y < -20 || x > camera.width + 80 || y > camera.height + 20) return;
    const font = `${place.kind && !PLAIN.has(place.kind) ? 600 : 500} 11.5px ${ink.font}`;
    ctx.font = font;
    const width = ctx.measureText(place.name).width;
    const below = place.kind ? this.half(place) * (GREEN.has(place.kind) ? 0.9 : 1) + 3 : 6;
    if (!place.kind && (this.derived -= 1) < 0) return;
    if (!this.room.claim(x - width / 2 - 3, y + below - 1, width + 6, 15)) return;
    const colour = place.kind && !PLAIN.has(place.kind) ? ink.text : ink.faint;
    this.labels.push({ words: place.name, x, y: y + below, font, colour });
  }

  private worthALabel(place: Place): boolean {
    if (!isReadable(place.name) || this.places.isStreet(place.name)) return false;
    if (PLAIN.has(place.kind)) return this.camera.nearness > HOME_LABEL_NEARNESS;
    return place.kind !== '' || place.here > 0 || this.camera.nearness > EMPTY_LABEL_NEARNESS;
  }

  private nameStreets(ink: Ink): void {
    const { ctx, camera } = this;
    ctx.font = `italic 500 11px ${ink.font}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    for (const street of this.places.streets) {
      const width = ctx.measureText(street.name).width;
      for (let i = 1; i < street.points.length; i++) {
        if (this.nameAlong(street.name, width, street.points[i - 1]!, street.points[i]!, camera, ink)) break;
      }
    }
  }

  private nameAlong(
    name: string, width: number, a: [number, number], b: [number, number], camera: Camera, ink: Ink,
  ): boolean {
    const dx = (b[0] - a[0]) * camera.scale;
    const dy = -(b[1] - a[1]) * camera.scale * camera.up;
    const x = camera.screenX((a[0] + b[0]) / 2);
    const y = camera.screenY((a[1] + b[1]) / 2);
    if (Math.hypot(dx, dy) < width + 24) return false;
    const across = (Math.abs(dx) / Math.hypot(dx, dy)) * width + 12;
    const down = (Math.abs(dy) / Math.hypot(dx, dy)) * width + 12;
    if (!this.room.claim(x - across / 2, y - down / 2, across, down)) return false;
    const angle = Math.atan2(dy, dx);
    this.ctx.save();
    this.ctx.translate(x, y);
    this.ctx.rotate(Math.abs(angle) > Math.PI / 2 ? angle + Math.PI : angle);
    this.ctx.fillStyle = ink.faint;
    this.ctx.fillText(name, 0, 0);
    this.ctx.restore();
    return true;
  }
}

/** Described places before derived ones, landmarks before homes, then by visitors. */
function weight(place: Place): number {
  return (place.kind ? (PLAIN.has(place.kind) ? 1e5 : 1e6) : 0) + place.here;
}
