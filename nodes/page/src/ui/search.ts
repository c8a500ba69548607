import { isReadable, type Place, type Places } from '../places';
import type { Character, Store } from '../store';
import { byId, humanise, make } from './dom';

const MOST = 8;

export type Found = { character: Character } | { place: Place };

/** Those whose name or id contains `words`, beginnings first, then places; at most 8. */
export function find(words: string, store: Store, places: Places): Found[] {
  const needle = words.trim().toLowerCase();
  if (!needle) return [];
  const first: Found[] = [];
  const later: Found[] = [];
  for (const c of store.characters.values()) {
    const at = c.needle.indexOf(needle);
    if (at < 0) continue;
    (at === 0 || c.needle[at - 1] === '\n' ? first : later).push({ character: c });
    if (first.length >= MOST) break;
  }
  const there: Found[] = [];
  for (const place of places.all.values()) {
    if (isFound(place.name, needle)) there.push({ place });
    if (there.length >= 3) break;
  }
  return [...first, ...later].slice(0, MOST - there.length).concat(there);
}

/** A name that is not meant for people, such as `D1C1`, is found by who knows how it begins. */
function isFound(name: string, needle: string): boolean {
  const at = name.toLowerCase().indexOf(needle);
  return isReadable(name) ? at >= 0 : at === 0 && needle.length > 1;
}

/** The search field and what it finds: a combobox, by keyboard and pointer. */
export class Search {
  private readonly input = byId<HTMLInputElement>('search');
  private readonly list = byId('found');
  private found: Found[] = [];
  private active = -1;

  constructor(
    private readonly store: Store, private readonly places: Places, private readonly choose: (x: Found) => void,
  ) {
    this.input.addEventListener('input', () => this.look());
    this.input.addEventListener('focus', () => this.look());
    this.input.addEventListener('blur', () => this.close());
    this.input.addEventListener('keydown', (e) => this.key(e));
    this.list.addEventListener('pointerdown', (e) => e.preventDefault());
    document.addEventListener('keydown', (e) => this.shortcut(e));
  }

  focus(): void {
    this.input.focus();
    this.input.select();
  }

  private shortcut(e: KeyboardEvent): void {
    const typing = e.target instanceof HTMLElement && e.target.matches('input, textarea, select');
    if (e.key !== '/' || typing || e.ctrlKey || e.metaKey || document.querySelector('dialog[open]')) return;
    e.preventDefault();
    this.focus();
  }

  private look(): void {
    this.found = find(this.input.value, this.store, this.places);
    this.active = this.found.length ? 0 : -1;
    this.render();
  }

  private render(): void {
    const rows: HTMLElement[] = this.found.map((x, i) => this.row(x, i));
    if (!rows.length && this.input.value.trim()) rows.push(make('li', 'empty', 'Nobody and nothing of that name'));
    this.list.replaceChildren(...rows);
    this.list.hidden = rows.length === 0;
    this.input.setAttribute('aria-expanded', String(this.found.length > 0));
    if (this.active >= 0) this.input.setAttribute('aria-activedescendant', `found-${this.active}`);
    else this.input.removeAttribute('aria-activedescendant');
  }

  private row(x: Found, i: number): HTMLElement {
    const [name, more] = 'character' in x
      ? [x.character.name, this.about(x.character)]
      : [x.place.name, x.place.kind || 'place'];
    const row = make('li', '', make('span', 'name', name), make('span', 'faint', more));
    row.id = `found-${i}`;
    row.setAttribute('role', 'option');
    row.setAttribute('aria-selected', String(i === this.active));
    row.addEventListener('click', () => this.pick(i));
    return row;
  }

  /** With its id, when it is only that which was searched for. */
  private about(c: Character): string {
    const byName = c.name.toLowerCase().includes(this.input.value.trim().toLowerCase());
    return [byName ? '' : c.id, humanise(c.state), c.location].filter(Boolean).join(' · ');
  }

  private key(e: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[e.key];
    if (step && this.found.length) {
      e.preventDefault();
      this.active = (this.active + step + this.found.length) % this.found.length;
      this.render();
    } else if (e.key === 'Enter') {
      this.pick(this.active);
    } else if (e.key === 'Escape') {
      this.input.value = '';
      this.input.blur();
    }
  }

  private pick(i: number): void {
    const x = this.found[i];
    if (!x) return;
    this.input.value = '';
    this.input.blur();
    this.choose(x);
  }

  private close(): void {
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }
}
