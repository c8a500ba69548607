import type { Palette } from '../palette';
import type { Store } from '../store';
import { byId, figure, humanise, make, say } from './dom';

interface Entry {
  root: HTMLButtonElement;
  dot: HTMLElement;
  count: HTMLElement;
  /** Number of its colour: the order of the legend, so that it is the same each time. */
  colour: number;
}

const MOST = 14;

/** Which colour means what, and how many there are; a click makes one state stand out. */
export class Legend {
  private readonly root = byId('legend');
  private readonly entries = new Map<string, Entry>();
  private chosen: string | undefined;

  constructor(
    private readonly store: Store, private readonly palette: Palette, private readonly choose: (state: string | undefined) => void,
  ) {}

  /** Its height in CSS pixels. */
  get height(): number {
    return this.root.offsetHeight;
  }

  /** Writes the counts; `dark` is the theme. */
  refresh(dark: boolean): void {
    for (const [state, count] of this.store.states) {
      const entry = this.entries.get(state) ?? this.add(state);
      if (!entry) continue;
      say(entry.count, figure(count));
      entry.root.classList.toggle('none', count === 0);
      entry.dot.style.setProperty('--c', this.palette.colour(this.palette.of(state), dark));
    }
  }

  private add(state: string): Entry | undefined {
    if (this.entries.size >= MOST) return undefined;
    const dot = make('span', 'dot');
    const count = make('span', 'count');
    const root = make('button', 'state', dot, make('span', '', humanise(state) || 'no state'), count);
    root.type = 'button';
    root.setAttribute('aria-pressed', 'false');
    root.addEventListener('click', () => this.toggle(state));
    const entry = { root, dot, count, colour: this.palette.of(state) };
    const next = [...this.entries.values()].filter((e) => e.colour > entry.colour).sort((a, b) => a.colour - b.colour)[0];
    this.entries.set(state, entry);
    this.root.insertBefore(root, next?.root ?? null);
    return entry;
  }

  private toggle(state: string): void {
    this.chosen = this.chosen === state ? undefined : state;
    for (const [name, entry] of this.entries) entry.root.setAttribute('aria-pressed', String(name === this.chosen));
    this.choose(this.chosen);
  }
}
