import { byId, clock, humanise, link, make, say } from './dom';
import { tell, type Piece, type Resolver } from '../sentences';
import type { TownEvent } from '../store';

const ROWS = 150;
/** More than this at once nobody reads: the rest is counted. */
const MOST_NEW = 25;
const FLUSH_MS = 300;
const KINDS = 24;
const HEADLINES = new Set(['new_day', 'news']);

/** Where the sentences lead. */
export interface Links {
  character(id: string): void;
  place(name: string): void;
}

/** A sentence as nodes: people and places are links. */
export function sentence(pieces: Piece[], links: Links): (Node | string)[] {
  return pieces.map((p) => {
    if (typeof p === 'string') return p;
    if ('who' in p) return link(p.name, 'who', () => links.character(p.who));
    return link(p.called ?? p.where, 'place', () => links.place(p.where));
  });
}

/** The news, newest first. Who has scrolled down, or points at a line, is not disturbed: new lines wait above. */
export class Feed {
  /** How many lines were written. */
  lines = 0;
  private readonly list = byId('feed');
  private readonly kind = byId<HTMLSelectElement>('news-kind');
  private readonly fresh = byId<HTMLButtonElement>('fresh');
  private readonly kinds = new Set<string>();
  private waiting: TownEvent[] = [];
  private readonly hovers = matchMedia('(hover: hover)');
  private timer = 0;

  constructor(
    private readonly resolve: Resolver, private readonly links: Links, private readonly all: () => readonly TownEvent[],
  ) {
    this.kind.addEventListener('change', () => this.refill());
    this.fresh.addEventListener('click', () => {
      this.list.scrollTo({ top: 0 });
      this.flush();
    });
    this.list.addEventListener('scroll', () => this.reading() || this.flush());
    this.list.addEventListener('pointerleave', () => this.reading() || this.flush());
    this.list.append(make('li', 'empty', 'Nothing has happened yet. News will stand here as it comes in.'));
  }

  add(event: TownEvent): void {
    this.learn(event.type);
    if (!this.wanted(event)) return;
    this.waiting.push(event);
    if (this.waiting.length > ROWS) this.waiting.shift();
    if (!this.timer) this.timer = window.setTimeout(() => this.due(), FLUSH_MS);
  }

  /** The node could not give us so many events. */
  missed(count: number): void {
    if (count > 0) this.list.prepend(make('li', 'rest', count === 1 ? 'One line of news was missed' : `${count} lines of news were missed`));
  }

  private due(): void {
    this.timer = 0;
    if (!this.reading()) return this.flush();
    say(this.fresh, `${this.waiting.length} new`);
    this.fresh.hidden = false;
  }

  private reading(): boolean {
    const pointed = this.hovers.matches && this.list.matches(':hover') && this.list.querySelector('time') !== null;
    return this.list.scrollTop >= 8 || pointed;
  }

  private flush(): void {
    this.fresh.hidden = true;
    if (!this.waiting.length) return;
    const rest = this.waiting.length - MOST_NEW;
    const rows = this.waiting.slice(-MOST_NEW).reverse().map((e) => this.row(e));
    if (rest > 0) rows.push(make('li', 'rest', `and ${rest} more`));
    this.waiting = [];
    this.list.querySelector('.empty')?.remove();
    this.list.prepend(...rows);
    this.lines += rows.length;
    while (this.list.childElementCount > ROWS) this.list.lastElementChild?.remove();
  }

  private row(event: TownEvent): HTMLElement {
    const words = make('p', '', ...sentence(tell(event, this.resolve), this.links));
    const time = make('time', '', clock(event.at));
    const row = make('li', '', time, words);
    row.dataset.kind = event.type;
    if (HEADLINES.has(event.type)) row.classList.add('headline');
    return row;
  }

  private learn(type: string): void {
    if (this.kinds.has(type) || this.kinds.size >= KINDS) return;
    this.kinds.add(type);
    const option = make('option', '', humanise(type));
    option.value = type;
    this.kind.append(option);
  }

  private wanted(event: TownEvent): boolean {
    return !this.kind.value || this.kind.value === event.type;
  }

  private refill(): void {
    this.list.replaceChildren();
    this.waiting = this.all().filter((e) => this.wanted(e)).slice(-MOST_NEW);
    this.list.scrollTo({ top: 0 });
    this.flush();
  }
}
