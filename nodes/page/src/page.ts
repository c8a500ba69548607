import { socketUrl } from './addresses';
import { Connection, type Link, type Phase } from './connection';
import { debugHandle } from './debug_handle';
import { Gestures } from './map/gestures';
import { TownMap } from './map/town_map';
import { Palette } from './palette';
import { number, text, type Envelope } from './protocol';
import { Store, type Character, type TownEvent } from './store';
import { Snapshots } from './snapshots';
import { browser } from './surroundings';
import { Theme } from './theme';
import { fetchTown } from './town';
import { Tracker } from './tracker';
import { Almanac } from './ui/almanac';
import { byId, say } from './ui/dom';
import { Farewell } from './ui/farewell';
import { Feed } from './ui/feed';
import { Gate } from './ui/gate';
import { Legend } from './ui/legend';
import { Panel } from './ui/panel';
import { Search, type Found } from './ui/search';
import { Sheet } from './ui/sheet';
import { Status, waiting } from './ui/status';

/** How much nearer than the whole town one looks at somebody who was searched for. */
const CLOSER = 4;
const ZOOM_STEP = 1.6;
/** Seen from afar, events are marked on the map no more often than this, milliseconds. */
const PING_MS = 400;

/** The page: what is received goes into the store, what the store learns goes on the screen. */
export class Page {
  private readonly store: Store = new Store({
    appeared: (c) => this.tracker.appeared(c),
    changed: (c, before) => this.changed(c, before),
    moved: (c) => this.tracker.moved(c),
    gone: (c) => this.gone(c),
    event: (e) => this.event(e),
  });
  private readonly tracker = new Tracker(() => this.store, () => performance.now());
  private readonly palette = new Palette();
  private readonly theme: Theme = new Theme(() => this.recolour());
  private readonly still = matchMedia('(prefers-reduced-motion: reduce)');
  private readonly map: TownMap = new TownMap(byId<HTMLCanvasElement>('map'), byId<HTMLCanvasElement>('backdrop'), {
    store: this.store, motion: this.tracker.motion, piles: this.tracker.piles, places: this.tracker.places,
    trails: this.tracker.trails, palette: this.palette,
  }, this.theme.ink());
  private readonly links = {
    character: (id: string): void => this.visit(this.store.characters.get(id)),
    place: (name: string): void => this.visitPlace(name),
  };
  private readonly feed = new Feed(this.tracker.resolve, this.links, () => this.store.events);
  private readonly panel = new Panel({
    store: this.store, resolve: this.tracker.resolve, links: this.links,
    colour: (state) => this.palette.colour(this.palette.of(state), this.theme.dark),
    close: () => this.select(undefined),
    follow: (on) => this.follow(on),
  });
  private readonly legend = new Legend(this.store, this.palette, (state) => {
    this.map.spotlight = state;
    this.map.touch();
  });
  private readonly search = new Search(this.store, this.tracker.places, (x) => this.chosen(x));
  private readonly sheet = new Sheet();
  private readonly status = new Status();
  private readonly almanac = new Almanac();
  private readonly gate: Gate = new Gate((token) => this.connection.authenticate(token));
  private readonly connection: Connection = new Connection(socketUrl(document.baseURI), browser, {
    message: (x) => this.message(x),
    snapshot: () => this.snapshots.expect(),
    newLife: () => this.store.beginLife(),
    changed: (link) => this.linked(link),
  }, Gate.known());
  private readonly farewell: Farewell = new Farewell(() => this.connection.again());
  private phase: Phase | undefined;
  private readonly snapshots = new Snapshots(this.store, () => this.connection.link.phase === 'live', () => this.map.touch());
  private counted = 0;
  private rate = 0;
  private pingedAt = -Infinity;

  start(): void {
    this.wireControls();
    this.map.camera.still = this.still.matches;
    this.still.addEventListener('change', () => (this.map.camera.still = this.still.matches));
    this.map.start();
    this.connection.start();
    setInterval(() => this.tick(), 1000);
    window.addEventListener('online', () => this.connection.network(true));
    window.addEventListener('offline', () => this.connection.network(false));
    document.addEventListener('visibilitychange', () => document.hidden || this.connection.network(true));
    void this.describeTown();
    const { store, tracker, connection, map, feed } = this;
    const handle = debugHandle({ store, tracker, connection, map, feed, rate: () => this.rate });
    Object.defineProperty(window, 'towncrier', { value: handle });
  }

  private async describeTown(): Promise<void> {
    const town = await fetchTown();
    if (town === undefined) return;
    this.tracker.places.describe(town);
    if (text(town, 'name')) this.almanac.name(text(town, 'name'));
    this.map.reviewSoon();
  }

  private wireControls(): void {
    const camera = this.map.camera;
    byId('theme').addEventListener('click', () => this.theme.toggle());
    byId('zoom-in').addEventListener('click', () => camera.zoom(ZOOM_STEP, performance.now()));
    byId('zoom-out').addEventListener('click', () => camera.zoom(1 / ZOOM_STEP, performance.now()));
    byId('zoom-fit').addEventListener('click', () => {
      this.panel.setFollowing(false);
      camera.auto = true;
      this.map.fit(performance.now());
    });
    document.addEventListener('keydown', (e) => e.key === 'Escape' && !e.defaultPrevented && this.select(undefined));
    new Gestures(byId<HTMLCanvasElement>('map'), this.map, {
      picked: (slot) => this.select(this.store.at(slot)),
      grabbed: () => this.map.following && this.panel.setFollowing(false),
      search: () => this.search.focus(),
      dismiss: () => this.select(undefined),
      cycle: (step) => this.select(this.store.at(this.map.neighbour(step))),
    });
  }

  private message(x: Envelope): void {
    if (x.type === 'lag') this.feed.missed(number(x.data, 'dropped_events') ?? 0);
    else if (!this.snapshots.take(x)) this.store.apply(x);
  }

  private linked(link: Readonly<Link>): void {
    this.status.show(link);
    if (link.askAgainAt) this.snapshots.stop();
    if (link.phase === this.phase) return;
    this.phase = link.phase;
    if (link.phase !== 'live' && link.phase !== 'connecting') this.snapshots.stop();
    if (link.phase === 'refused') this.gate.open(link.reason);
    else if (link.phase === 'live') this.gate.close();
    if (link.phase === 'ended') this.farewell.open(link.reason);
    else this.farewell.close();
  }

  private changed(c: Character, before: string): void {
    this.tracker.changed(c);
    if (before !== c.state) this.map.touch();
    if (c === this.panel.shown) this.panel.refresh();
  }

  private gone(c: Character): void {
    this.tracker.gone(c);
    this.map.renamed(c.slot);
    if (this.map.hovered === c.slot) this.map.hovered = -1;
    if (this.panel.shown === c) this.select(undefined);
    this.map.touch();
  }

  private event(e: TownEvent): void {
    this.feed.add(e);
    this.panel.refresh();
    this.almanac.take(e);
    const now = performance.now();
    if (this.still.matches || (now - this.pingedAt < PING_MS && this.map.camera.nearness < CLOSER)) return;
    this.pingedAt = now;
    for (const [x, y] of this.tracker.points(e)) this.map.pings.add(x, y, now);
  }

  private select(c: Character | undefined): void {
    this.map.selected = c ? c.slot : -1;
    this.map.touch();
    if (!c) return this.panel.hide();
    this.panel.show(c);
    this.sheet.open();
  }

  private follow(on: boolean): void {
    this.map.following = on;
    const c = this.panel.shown;
    if (on && c && this.tracker.motion.placed[c.slot]) this.goTo(c);
  }

  private chosen(x: Found): void {
    if ('character' in x) this.visit(x.character);
    else this.visitPlace(x.place.name);
  }

  private visit(c: Character | undefined): void {
    if (!c) return;
    this.select(c);
    if (this.tracker.motion.placed[c.slot]) this.goTo(c);
  }

  private goTo(c: Character): void {
    const { motion } = this.tracker;
    this.map.camera.visit(motion.x[c.slot]!, motion.y[c.slot]!, CLOSER, performance.now());
  }

  private visitPlace(name: string): void {
    const place = this.tracker.places.anchor(name);
    if (!place) return;
    this.panel.setFollowing(false);
    this.map.camera.visit(place.x, place.y, CLOSER, performance.now());
  }

  private recolour(): void {
    // The theme is made before the map and tells of itself at once.
    this.map?.recolour(this.theme.ink());
    this.legend?.refresh(this.theme.dark);
    this.panel?.refresh();
  }

  private tick(): void {
    const { received, link } = this.connection;
    this.rate = received - this.counted;
    this.counted = received;
    this.tracker.housekeeping();
    this.status.tick(link, performance.now(), this.connection.newsAt);
    this.status.figures(this.store.characters.size, this.rate);
    this.legend.refresh(this.theme.dark);
    this.map.below = this.legend.height;
    this.notice();
  }

  /** Says what is missing from the picture. */
  private notice(): void {
    const all = this.store.characters;
    let unplaced = 0;
    for (const c of all.values()) if (!this.tracker.motion.placed[c.slot]) unplaced += 1;
    const { link } = this.connection;
    const parts = [waiting(link, performance.now())];
    if (!all.size && !parts[0]) parts.push(link.phase === 'live' ? 'Nobody is here yet' : 'Waiting for the node');
    if (unplaced) parts.push(`${unplaced} ${unplaced === 1 ? 'character has' : 'characters have'} no place on the map`);
    const far = this.map.farAway;
    if (far) parts.push(`${far} ${far === 1 ? 'character is' : 'characters are'} too far away to be shown with the others`);
    const words = parts.filter(Boolean).join(' · ');
    say(byId('notice'), words);
    byId('notice').hidden = !words;
  }
}
