import { byId } from './dom';

const SIZES = ['low', 'half', 'tall'] as const;
type Size = (typeof SIZES)[number];

/** On a narrow screen news and panel stand in a sheet at the bottom, of three heights. */
export class Sheet {
  private readonly root = byId('side');
  private readonly grip = byId('grip');
  private startY = 0;

  constructor() {
    this.grip.addEventListener('click', () => this.turn());
    this.grip.addEventListener('pointerdown', (e) => {
      this.startY = e.clientY;
      this.grip.setPointerCapture(e.pointerId);
    });
    this.grip.addEventListener('pointerup', (e) => this.dragged(e.clientY - this.startY));
  }

  /** Makes room for something that was just asked for. */
  open(): void {
    if (this.size === 'low') this.size = 'half';
  }

  private get size(): Size {
    return (this.root.dataset.size as Size | undefined) ?? 'half';
  }
  private set size(x: Size) {
    this.root.dataset.size = x;
  }

  /** A click: the next height, and from the last to the first. */
  private turn(): void {
    this.size = SIZES[(SIZES.indexOf(this.size) + 1) % SIZES.length]!;
  }

  private dragged(dy: number): void {
    if (Math.abs(dy) < 24) return;
    const step = dy < 0 ? 1 : -1;
    const i = Math.min(Math.max(SIZES.indexOf(this.size) + step, 0), SIZES.length - 1);
    this.size = SIZES[i]!;
    this.grip.addEventListener('click', (e) => e.stopImmediatePropagation(), { once: true, capture: true });
  }
}
