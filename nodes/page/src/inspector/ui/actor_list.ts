import { byId } from '../../ui/dom';
import { parentLine } from '../tree';
import { ActorRows, type RowSource, type Shown } from './actor_rows';
import { VirtualList } from './virtual_list';

export interface ListDeeds {
  /** Shows an actor; `again`: it was shown already, which closes it where the key says so. */
  choose(x: Shown): void;
  /** Opens or closes a branch. */
  toggle(x: Shown, open: boolean): void;
  dismiss(): void;
}

/** The box with the lines: the mouse and the keyboard in it. One line is active: keys are about that one. */
export class ActorList {
  private readonly box = byId('actor-grid');
  private readonly list: VirtualList<Shown>;
  private readonly narrow = matchMedia('(max-width: 859px)');
  private lines: readonly Shown[] = [];
  private active = 0;
  private activeKey = '';

  constructor(source: Omit<RowSource, 'active'>, private readonly deeds: ListDeeds) {
    const rows = new ActorRows({ ...source, active: (i) => i === this.active && document.activeElement === this.box });
    this.list = new VirtualList<Shown>(this.box, rows, () => (this.narrow.matches ? 44 : 30));
    this.box.addEventListener('click', (e) => this.clicked(e.target as HTMLElement));
    this.box.addEventListener('keydown', (e) => this.pressed(e));
    this.box.addEventListener('focus', () => this.list.draw());
    this.box.addEventListener('blur', () => this.list.draw());
    this.narrow.addEventListener('change', () => this.list.draw());
  }

  show(lines: readonly Shown[]): void {
    this.lines = lines;
    // The active line keeps its actor, wherever the order puts it.
    const at = lines.findIndex((x) => x.key === this.activeKey);
    this.active = at >= 0 ? at : Math.min(this.active, Math.max(0, lines.length - 1));
    this.box.setAttribute('aria-rowcount', String(lines.length));
    this.list.set(lines);
    this.point();
  }

  redraw(): void {
    this.list.draw();
  }

  focus(): void {
    this.box.focus();
  }

  /** Scrolls to the top: another list is shown. */
  rewind(): void {
    this.box.scrollTop = 0;
    this.active = 0;
    this.activeKey = '';
  }

  private clicked(target: HTMLElement): void {
    const row = target.closest<HTMLElement>('.row');
    if (!row) return;
    this.go(Number(row.dataset.index));
    const line = this.lines[this.active];
    if (!line) return;
    if (target.classList.contains('toggle') && line.type === 'actor' && line.open !== undefined) this.deeds.toggle(line, !line.open);
    else this.deeds.choose(line);
  }

  private go(i: number): void {
    this.active = Math.max(0, Math.min(this.lines.length - 1, i));
    this.activeKey = this.lines[this.active]?.key ?? '';
    this.list.reveal(this.active);
    this.point();
  }

  private point(): void {
    const id = `actor-row-${this.active}`;
    if (this.lines.length && this.box.querySelector(`#${id}`)) this.box.setAttribute('aria-activedescendant', id);
    else this.box.removeAttribute('aria-activedescendant');
  }

  private pressed(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const line = this.lines[this.active];
    const moves: Record<string, number> = {
      ArrowDown: this.active + 1, ArrowUp: this.active - 1, Home: 0, End: this.lines.length - 1,
      PageDown: this.active + this.list.page, PageUp: this.active - this.list.page,
    };
    if (e.key in moves) this.go(moves[e.key]!);
    else if (e.key === 'ArrowRight') this.right(line);
    else if (e.key === 'ArrowLeft') this.left(line);
    else if ((e.key === 'Enter' || e.key === ' ') && line) this.deeds.choose(line);
    else if (e.key === 'Escape') this.deeds.dismiss();
    else return;
    e.preventDefault();
  }

  private right(line: Shown | undefined): void {
    if (line?.type !== 'actor' || line.open === undefined) return;
    if (line.open) this.go(this.active + 1);
    else this.deeds.toggle(line, true);
  }

  private left(line: Shown | undefined): void {
    if (line?.type === 'actor' && line.open) return this.deeds.toggle(line, false);
    const above = this.lines.slice(0, this.active + 1).every((x) => x.type !== 'ended') ? parentLine(this.lines as never, this.active) : -1;
    if (above >= 0) this.go(above);
  }
}
