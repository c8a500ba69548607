import { text } from '../protocol';
import type { TownEvent } from '../store';
import { byId, say } from './dom';

/** Day, time and weather of the simulation, as far as its events tell them. */
export class Almanac {
  private readonly root = byId('day');
  private town = '';
  private day = '';
  private time = '';
  private weather = '';

  /** The town has a name. */
  name(town: string): void {
    this.town = town;
    document.title = `${town} · Towncrier`;
    say(byId('news-title'), `${town} news`);
    this.show();
  }

  take(e: TownEvent): void {
    this.day = text(e.data, 'day', this.day);
    this.weather = text(e.data, 'weather', this.weather);
    const time = text(e.data, 'time');
    if (/^\d{1,2}:\d{2}$/.test(time)) this.time = time;
    this.show();
  }

  private show(): void {
    const words = [this.day && `Day ${this.day}`, this.time].filter(Boolean).join(', ');
    say(this.root, [this.town, words, this.weather].filter(Boolean).join(' · '));
    this.root.hidden = !this.root.textContent;
  }
}
