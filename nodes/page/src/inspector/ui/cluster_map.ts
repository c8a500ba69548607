import { figure, make, say } from '../../ui/dom';
import { bytes, millis, rate } from '../format';
import { healthOf, linkTone, type KnownNode } from '../health';
import { mailboxFill, mailboxHeat } from '../heat';
import type { LinkRow } from '../model';
import { HeatCell } from './cells';

const NS = 'http://www.w3.org/2000/svg';
const CARD_WIDTH = 150;
const CARD_HEIGHT = 106;
/** Room above and below the cards. */
const EDGE = 16;
/** Between rows of cards, where the words of a link stand. */
const GAP = 44;

/** Figures of a node or link that take two readings. */
export interface MapRates {
  handled(node: string): number | undefined;
  /** Bytes a second, out and in. */
  traffic(link: LinkRow): [number, number] | undefined;
}

interface Card {
  root: HTMLButtonElement;
  name: HTMLElement;
  health: HTMLElement;
  words: HTMLElement;
  heat: HeatCell;
}

interface Plan {
  height: number;
  /** There is little room: only what must be said is. */
  narrow: boolean;
  /** Where the middle of each card is. */
  places: [number, number][];
}

/** Where `n` cards are in a room of this width, the first at the top. None lies on another. */
export function placesOn(n: number, width: number): Plan {
  const across = Math.max(0, (width - CARD_WIDTH) / 2 - 10);
  const wide = across < 150 ? undefined : ellipse(n, across);
  const narrow = wide === undefined;
  const round = wide ?? columns(n, Math.min(across, CARD_WIDTH));
  const top = Math.min(0, ...round.map(([, y]) => y));
  const bottom = Math.max(top, ...round.map(([, y]) => y));
  return {
    height: bottom - top + CARD_HEIGHT + 2 * EDGE, narrow,
    places: round.map(([x, y]) => [width / 2 + x, y - top + CARD_HEIGHT / 2 + EDGE]),
  };
}

/** One card above two columns; around the middle of the room. */
function columns(n: number, across: number): [number, number][] {
  const row = CARD_HEIGHT + GAP;
  return Array.from({ length: n }, (_, i): [number, number] => {
    if (i === 0 || n === 2) return [0, i * row];
    return [i % 2 ? across : -across, Math.ceil(i / 2) * row];
  });
}

/** All around the middle; undefined where there are too many for that. */
function ellipse(n: number, across: number): [number, number][] | undefined {
  const rx = Math.min(across, 90 + n * 45);
  // Two stand side by side, with room for the words between them.
  const turn = n === 2 ? Math.PI : -Math.PI / 2;
  const at = (ry: number): [number, number][] => Array.from({ length: n }, (_, i) => {
    const angle = turn + (i * 2 * Math.PI) / n;
    return n === 1 ? [0, 0] : [rx * Math.cos(angle), ry * Math.sin(angle)];
  });
  let ry = n < 3 ? 0 : CARD_HEIGHT * 0.85;
  while (ry > 0 && ry < CARD_HEIGHT * n && overlaps(at(ry))) ry *= 1.1;
  const found = at(ry);
  return overlaps(found) ? undefined : found;
}

const overlaps = (all: readonly [number, number][]): boolean => all.some(([x, y], i) =>
  all.slice(0, i).some(([u, v]) => Math.abs(x - u) < CARD_WIDTH + 8 && Math.abs(y - v) < CARD_HEIGHT + 8));

/** The nodes as cards, with the links between them. */
export class ClusterMap {
  private readonly lines = document.createElementNS(NS, 'svg');
  private readonly cards = new Map<string, Card>();
  private readonly labels = new Map<string, HTMLElement>();
  private nodes: readonly KnownNode[] = [];
  private links: readonly LinkRow[] = [];
  private narrow = false;

  constructor(private readonly root: HTMLElement, private readonly rates: MapRates, private readonly choose: (node: string) => void) {
    this.lines.setAttribute('aria-hidden', 'true');
    root.append(this.lines);
    new ResizeObserver(() => this.lay()).observe(root);
  }

  show(nodes: readonly KnownNode[], links: readonly LinkRow[]): void {
    this.nodes = nodes;
    this.links = links;
    for (const x of nodes) this.fill(this.cards.get(x.id) ?? this.add(x.id), x);
    const here = new Set(nodes.map((x) => x.id));
    for (const [id, card] of this.cards) {
      if (here.has(id)) continue;
      card.root.remove();
      this.cards.delete(id);
    }
    this.lay();
  }

  private add(id: string): Card {
    const [name, health, words, heat] = [make('strong', 'name'), make('span', 'health'), make('span', 'words'), new HeatCell('wide')];
    const root = make('button', 'node-card', make('span', 'top', health, name), words, heat.root);
    root.type = 'button';
    root.addEventListener('click', () => this.choose(id));
    this.root.append(root);
    const card = { root, name, health, words, heat };
    this.cards.set(id, card);
    return card;
  }

  private fill(card: Card, x: KnownNode): void {
    const health = healthOf(x);
    card.root.dataset.tone = health.tone;
    card.root.title = health.sentence;
    say(card.health, health.mark);
    say(card.name, x.id);
    const counted = x.actors !== undefined && x.goneSince === undefined;
    say(card.words, counted ? `${figure(x.actors ?? 0)} actors\n${rate(this.rates.handled(x.id))} messages/s` : health.word);
    card.heat.root.hidden = !counted;
    card.heat.show(`${figure(x.mailbox ?? 0)} waiting`, mailboxHeat(x.mailbox ?? 0), mailboxFill(x.mailbox ?? 0));
    card.root.setAttribute('aria-label', `Node ${x.id}${x.self ? ', which shows this page' : ''}: ${health.word}. Show its actors.`);
    card.root.classList.toggle('self', x.self);
  }

  private lay(): void {
    const width = this.root.clientWidth;
    if (!width) return;
    const { height, narrow, places } = placesOn(this.nodes.length, width);
    this.narrow = narrow;
    this.root.style.height = `${height}px`;
    this.lines.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const at = new Map<string, [number, number]>();
    this.nodes.forEach((x, i) => {
      const place = places[i]!;
      at.set(x.id, place);
      const style = this.cards.get(x.id)!.root.style;
      style.left = `${place[0] - CARD_WIDTH / 2}px`;
      style.top = `${place[1] - CARD_HEIGHT / 2}px`;
    });
    this.drawLinks(at);
  }

  /** A pair of nodes has one line, whoever tells of it; the own node tells first. */
  private drawLinks(at: ReadonlyMap<string, [number, number]>): void {
    const pairs = new Map<string, LinkRow>();
    for (const x of this.links) {
      const pair = [x.from, x.to].sort().join(' – ');
      if (at.has(x.from) && at.has(x.to) && !pairs.has(pair)) pairs.set(pair, x);
    }
    this.lines.replaceChildren();
    for (const [pair, x] of pairs) this.drawLink(pair, x, at.get(x.from)!, at.get(x.to)!);
    for (const [pair, label] of this.labels) {
      if (pairs.has(pair)) continue;
      label.remove();
      this.labels.delete(pair);
    }
  }

  private drawLink(pair: string, x: LinkRow, [x1, y1]: [number, number], [x2, y2]: [number, number]): void {
    const line = document.createElementNS(NS, 'line');
    for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) line.setAttribute(name, String(value));
    line.setAttribute('class', `link ${linkTone(x)}`);
    Object.assign(line.dataset, { pair, tone: linkTone(x) });
    this.lines.append(line);
    let label = this.labels.get(pair);
    if (!label) {
      label = make('span', 'link-label');
      label.dataset.pair = pair;
      this.labels.set(pair, label);
      this.root.append(label);
    }
    // Where cards stand in rows, words of a link would lie on those between, or beside.
    label.hidden = this.narrow && (this.nodes.length > 3 || y1 === y2);
    label.dataset.tone = linkTone(x);
    // Nearer to the peer where there is little room: those of one node's links do not meet.
    const way = this.narrow ? 0.6 : 0.5;
    label.style.left = `${x1 + (x2 - x1) * way}px`;
    label.style.top = `${y1 + (y2 - y1) * (this.narrow ? 0.5 : way)}px`;
    say(label, this.words(x));
    label.title = `${x.from} and ${x.to}: ${x.phase}`;
  }

  private words(x: LinkRow): string {
    if (x.phase !== 'live') return x.phase || 'no link';
    const traffic = this.rates.traffic(x);
    const round = x.roundTripMs === undefined || this.narrow ? '' : ` · ${millis(x.roundTripMs)}`;
    return traffic ? `${bytes(traffic[0] + traffic[1])}/s${round}` : `live${round}`;
  }
}
