import type { TownMap } from './town_map';

const CLICK_PIXELS = 6;
const PAN_KEY_PIXELS = 80;
const ZOOM_KEY = 1.5;

/** What a person wants who did not just move the map. */
export interface Wishes {
  /** A character, or -1 for the ground, was clicked. */
  picked(slot: number): void;
  /** The user took the map into the hand: whoever is followed is let go. */
  grabbed(): void;
  search(): void;
  dismiss(): void;
  /** The next (+1) or previous (-1) character in view. */
  cycle(step: number): void;
}

/** Pan, zoom and pick, by mouse, touch and keyboard. */
export class Gestures {
  private readonly fingers = new Map<number, { x: number; y: number }>();
  private spread = 0;
  private travelled = 0;

  constructor(private readonly canvas: HTMLCanvasElement, private readonly map: TownMap, private readonly wishes: Wishes) {
    canvas.addEventListener('pointerdown', (e) => this.down(e));
    canvas.addEventListener('pointermove', (e) => this.move(e));
    canvas.addEventListener('pointerup', (e) => this.up(e));
    canvas.addEventListener('pointercancel', (e) => this.fingers.delete(e.pointerId));
    canvas.addEventListener('pointerleave', () => this.hover(-1));
    canvas.addEventListener('wheel', (e) => this.wheel(e), { passive: false });
    canvas.addEventListener('dblclick', (e) => this.map.camera.zoomAt(2, e.offsetX, e.offsetY));
    canvas.addEventListener('keydown', (e) => this.key(e));
  }

  private down(e: PointerEvent): void {
    if (e.button !== 0) return;
    this.canvas.setPointerCapture(e.pointerId);
    this.fingers.set(e.pointerId, { x: e.offsetX, y: e.offsetY });
    if (this.fingers.size === 1) this.travelled = 0;
    this.spread = this.measure();
  }

  private move(e: PointerEvent): void {
    const finger = this.fingers.get(e.pointerId);
    if (!finger) return this.hover(e.pointerType === 'mouse' ? this.map.hit(e.offsetX, e.offsetY, 12) : -1);
    const dx = e.offsetX - finger.x;
    const dy = e.offsetY - finger.y;
    this.travelled += Math.abs(dx) + Math.abs(dy);
    if (this.travelled <= CLICK_PIXELS) return;
    finger.x = e.offsetX;
    finger.y = e.offsetY;
    this.canvas.classList.add('dragging');
    this.wishes.grabbed();
    this.map.camera.pan(dx / this.fingers.size, dy / this.fingers.size);
    if (this.fingers.size === 2) this.pinch();
  }

  private up(e: PointerEvent): void {
    const held = this.fingers.delete(e.pointerId);
    this.spread = this.measure();
    this.canvas.classList.remove('dragging');
    if (!held || this.fingers.size || this.travelled > CLICK_PIXELS) return;
    this.wishes.picked(this.map.hit(e.offsetX, e.offsetY, e.pointerType === 'mouse' ? 14 : 26));
  }

  private pinch(): void {
    const spread = this.measure();
    const [a, b] = [...this.fingers.values()];
    if (a && b && this.spread > 0) this.map.camera.zoomAt(spread / this.spread, (a.x + b.x) / 2, (a.y + b.y) / 2);
    this.spread = spread;
  }

  /** The distance between two fingers; 0 unless there are two. */
  private measure(): number {
    const [a, b] = [...this.fingers.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  }

  private hover(slot: number): void {
    if (slot === this.map.hovered) return;
    this.map.hovered = slot;
    this.canvas.classList.toggle('pointing', slot >= 0);
    this.map.touch();
  }

  private wheel(e: WheelEvent): void {
    e.preventDefault();
    const lines = e.deltaMode === 1 ? 16 : 1;
    const pinched = e.ctrlKey ? 6 : 1;
    const amount = Math.min(Math.max(e.deltaY * lines * pinched, -240), 240);
    this.map.camera.zoomAt(Math.exp(-amount * 0.002), e.offsetX, e.offsetY);
  }

  private key(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const action = this.action(e.key);
    if (!action) return;
    e.preventDefault();
    action();
  }

  private action(key: string): (() => void) | undefined {
    const { camera } = this.map;
    const pan = (dx: number, dy: number) => (): void => {
      this.wishes.grabbed();
      camera.pan(dx * PAN_KEY_PIXELS, dy * PAN_KEY_PIXELS);
    };
    const keys: Record<string, () => void> = {
      ArrowLeft: pan(1, 0),
      ArrowRight: pan(-1, 0),
      ArrowUp: pan(0, 1),
      ArrowDown: pan(0, -1),
      '+': () => camera.zoom(ZOOM_KEY, performance.now()),
      '=': () => camera.zoom(ZOOM_KEY, performance.now()),
      '-': () => camera.zoom(1 / ZOOM_KEY, performance.now()),
      '0': () => this.refit(),
      Enter: () => this.wishes.picked(this.map.hit(camera.width / 2, camera.height / 2, camera.width)),
      n: () => this.wishes.cycle(1),
      p: () => this.wishes.cycle(-1),
      '/': () => this.wishes.search(),
      Escape: () => this.wishes.dismiss(),
    };
    return keys[key];
  }

  private refit(): void {
    this.wishes.grabbed();
    this.map.camera.auto = true;
    this.map.fit(performance.now());
  }
}
