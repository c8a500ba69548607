import { make, say } from '../../ui/dom';
import { MARKS, type Heat } from '../heat';

/** A figure in a box whose filling and colour say how hot it is; a mark says it where colours do not. */
export class HeatCell {
  readonly root: HTMLElement;
  private readonly fill = make('span', 'fill');
  private readonly mark = make('span', 'mark');
  private readonly words = make('span', 'words');

  constructor(className = '') {
    this.root = make('span', `heat ${className}`, this.fill, this.mark, this.words);
    this.fill.setAttribute('aria-hidden', 'true');
    this.mark.setAttribute('aria-hidden', 'true');
  }

  show(words: string, heat: Heat, filled: number): void {
    say(this.words, words);
    say(this.mark, MARKS[heat]);
    this.root.dataset.heat = String(heat);
    this.fill.style.width = `${Math.round(Math.max(0, Math.min(1, filled)) * 100)}%`;
  }
}

/** One row of a table: its cells, and what writes them. */
export interface LiveRow<T> {
  cells: HTMLElement[];
  show(x: T): void;
}

/** A table whose rows keep their elements: what is focused or being read stays. */
export class LiveTable<T> {
  private readonly body: HTMLElement;
  private readonly heads: HTMLElement[];
  private readonly rows = new Map<string, { row: HTMLTableRowElement; live: LiveRow<T> }>();

  constructor(table: HTMLElement, private readonly keyOf: (x: T) => string, private readonly make: (x: T) => LiveRow<T>) {
    this.body = table.querySelector('tbody')!;
    this.heads = [...table.querySelectorAll('th')];
  }

  show(items: readonly T[]): void {
    const left = new Set(this.rows.keys());
    items.forEach((x, i) => {
      const key = this.keyOf(x);
      left.delete(key);
      const { row, live } = this.rows.get(key) ?? this.add(key, x);
      const place = this.body.children[i] ?? null;
      if (place !== row) this.body.insertBefore(row, place);
      live.show(x);
    });
    for (const key of left) {
      this.rows.get(key)!.row.remove();
      this.rows.delete(key);
    }
  }

  private add(key: string, x: T): { row: HTMLTableRowElement; live: LiveRow<T> } {
    const live = this.make(x);
    const row = make('tr');
    live.cells.forEach((content, i) => {
      const head = this.heads[i];
      const cell = make(i === 0 ? 'th' : 'td', head?.className ?? '', content);
      if (i === 0) cell.setAttribute('scope', 'row');
      cell.dataset.name = head?.textContent ?? '';
      row.append(cell);
    });
    const entry = { row, live };
    this.rows.set(key, entry);
    return entry;
  }
}
