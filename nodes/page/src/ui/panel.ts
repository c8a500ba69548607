import { named, tell, value, type Resolver } from '../sentences';
import type { Character, Store } from '../store';
import { byId, button, clock, humanise, link, make } from './dom';
import { sentence, type Links } from './feed';

const STEPS_SHOWN = 12;
const NEWS_SHOWN = 6;
const REFRESH_MS = 250;

/** What the panel needs of the page around it. */
export interface PanelHost {
  store: Store;
  resolve: Resolver;
  links: Links;
  colour(state: string): string;
  close(): void;
  follow(on: boolean): void;
}

/** All that is known of one character. */
export class Panel {
  shown: Character | undefined;
  private readonly root = byId('panel');
  private readonly body = make('div', 'panel-body');
  private readonly title = make('h2');
  private readonly followButton = button('Follow', 'toggle', () => this.setFollowing(!this.following));
  private following = false;
  private timer = 0;

  constructor(private readonly host: PanelHost) {
    const shut = button('×', 'icon shut', () => host.close());
    shut.setAttribute('aria-label', 'Close');
    this.root.append(make('header', '', this.title, this.followButton, shut), this.body);
  }

  show(c: Character): void {
    this.shown = c;
    this.setFollowing(false);
    this.root.hidden = false;
    this.root.scrollTop = 0;
    this.render();
  }

  hide(): void {
    this.shown = undefined;
    this.setFollowing(false);
    this.root.hidden = true;
  }

  /** Something about the shown character, or the news, changed: written anew a few times a second at most. */
  refresh(): void {
    if (!this.shown || this.timer) return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.render();
    }, REFRESH_MS);
  }

  setFollowing(on: boolean): void {
    this.following = on;
    this.followButton.setAttribute('aria-pressed', String(on));
    this.host.follow(on);
  }

  /** Unless the user is just about to click or copy something in it. */
  private render(): void {
    const c = this.shown;
    if (!c || this.body.contains(document.activeElement) || hasSelection(this.body)) return;
    this.title.textContent = c.name;
    this.root.setAttribute('aria-label', c.name);
    this.body.replaceChildren(this.now(c), ...this.goal(c), ...this.facts(c), ...this.news(c), ...this.past(c));
  }

  private now(c: Character): HTMLElement {
    const state = make('span', 'chip', this.dot(c.state), humanise(c.state || 'no state'));
    const where = c.location ? link(c.location, 'place', () => this.host.links.place(c.location)) : 'nowhere in particular';
    return make('p', 'now', state, ' ', where);
  }

  /** What it is about in its own words, where the simulation tells. */
  private goal(c: Character): HTMLElement[] {
    const words = c.attributes.goal;
    return typeof words === 'string' && words ? [make('p', 'goal', words)] : [];
  }

  private facts(c: Character): HTMLElement[] {
    const list = make('dl', 'facts');
    const add = (key: string, words: string): void => list.append(make('dt', '', humanise(key)), make('dd', '', words));
    for (const [key, x] of Object.entries(c.attributes)) if (x !== null && x !== '' && key !== 'goal') add(key, value(x));
    if (c.placed) add('at', `${c.x.toFixed(1)}, ${c.y.toFixed(1)}`);
    add('id', c.id);
    return [list];
  }

  private news(c: Character): HTMLElement[] {
    const about = this.host.store.events.filter((e) => named(e, this.host.resolve).includes(c.id)).slice(-NEWS_SHOWN);
    if (!about.length) return [];
    const rows = about.reverse().map((e) => {
      const words = sentence(tell(e, this.host.resolve), this.host.links);
      return make('li', '', make('time', '', clock(e.at)), make('p', '', ...words));
    });
    return [make('h3', '', 'In the news'), make('ol', 'feed small', ...rows)];
  }

  private past(c: Character): HTMLElement[] {
    const rows = c.history.slice(-STEPS_SHOWN).reverse().map((step) => {
      const words = make('p', '', this.dot(step.state), humanise(step.state));
      if (step.location) words.append(make('span', 'faint', ` · ${step.location}`));
      return make('li', '', make('time', '', clock(step.at)), words);
    });
    return [make('h3', '', 'Lately'), make('ol', 'feed small', ...rows)];
  }

  private dot(state: string): HTMLElement {
    const dot = make('span', 'dot');
    dot.style.setProperty('--c', this.host.colour(state));
    return dot;
  }
}

function hasSelection(element: HTMLElement): boolean {
  const selection = getSelection();
  return !!selection && !selection.isCollapsed && element.contains(selection.anchorNode);
}
