import { make } from '../../ui/dom';

/** How one kind of rows is made and filled. `fill` must not keep anything of what the row showed before. */
export interface RowWriter<T> {
  make(): HTMLElement;
  fill(row: HTMLElement, item: T, index: number): void;
}

/** Rows that are made beyond each edge of what is to be seen, so that a quick hand meets no emptiness. */
const MARGIN = 8;

/** A list of any length in a box that scrolls: only the rows that are to be seen exist. All are of one height. */
export class VirtualList<T> {
  private items: readonly T[] = [];
  private readonly room = make('div', 'room');
  private readonly pool: HTMLElement[] = [];
  private planned = false;

  constructor(private readonly box: HTMLElement, private readonly writer: RowWriter<T>, private readonly height: () => number) {
    this.room.setAttribute('role', 'presentation');
    box.append(this.room);
    box.addEventListener('scroll', () => this.plan(), { passive: true });
    new ResizeObserver(() => this.plan()).observe(box);
  }

  set(items: readonly T[]): void {
    this.items = items;
    this.draw();
  }

  /** Scrolls as little as needed for row `i` to be seen. */
  reveal(i: number): void {
    const height = this.height();
    const top = i * height;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top + height > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = top + height - this.box.clientHeight;
    this.draw();
  }

  /** How many rows fit. */
  get page(): number {
    return Math.max(1, Math.floor(this.box.clientHeight / this.height()) - 1);
  }

  draw(): void {
    const height = this.height();
    this.room.style.height = `${this.items.length * height}px`;
    const first = Math.max(0, Math.floor(this.box.scrollTop / height) - MARGIN);
    const last = Math.min(this.items.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / height) + MARGIN);
    for (let i = first; i < last; i++) this.place(i - first, i, height);
    for (let i = Math.max(0, last - first); i < this.pool.length; i++) this.pool[i]!.hidden = true;
  }

  private place(slot: number, i: number, height: number): void {
    let row = this.pool[slot];
    if (!row) {
      row = this.writer.make();
      this.pool.push(row);
      this.room.append(row);
    }
    row.hidden = false;
    row.style.transform = `translateY(${i * height}px)`;
    row.dataset.index = String(i);
    this.writer.fill(row, this.items[i]!, i);
  }

  private plan(): void {
    if (this.planned) return;
    this.planned = true;
    requestAnimationFrame(() => {
      this.planned = false;
      this.draw();
    });
  }
}
