import { figure, make, say } from '../../ui/dom';
import { rate } from '../format';
import { healthOf, type KnownNode } from '../health';
import { mailboxFill, mailboxHeat } from '../heat';
import type { LinkRow } from '../model';
import { HeatCell } from './cells';
import { LinkLines } from './link_lines';

const CARD_WIDTH = 150;
const CARD_HEIGHT = 106;
/** Room above and below the cards. */
const EDGE = 16;
/** Between rows of cards, where the words of a link stand. */
const GAP = 44;
/** With more nodes than this there are too many links for words on each: those of one node have some. */
export const FEW = 4;

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
  const rx = Math.min(across, 140 + n * 60);
  // Two stand side by side, with room for the words between them.
  const turn = n === 2 ? Math.PI : -Math.PI / 2;
  const at = (ry: number): [number, number][] => Array.from({ length: n }, (_, i) => {
    const angle = turn + (i * 2 * Math.PI) / n;
    return n === 1 ? [0, 0] : [rx * Math.cos(angle), ry * Math.sin(angle)];
  });
  let ry = n < 3 ? 0 : CARD_HEIGHT * 1.15;
  while (ry > 0 && ry < CARD_HEIGHT * n && overlaps(at(ry))) ry *= 1.1;
  const found = at(ry);
  return overlaps(found) ? undefined : found;
}

const overlaps = (all: readonly [number, number][]): boolean => all.some(([x, y], i) =>
  all.slice(0, i).some(([u, v]) => Math.abs(x - u) < CARD_WIDTH + 8 && Math.abs(y - v) < CARD_HEIGHT + 8));

/** The nodes as cards, with the links between them. */
export class ClusterMap {
  private readonly lines: LinkLines;
  private readonly cards = new Map<string, Card>();
  private nodes: readonly KnownNode[] = [];
  private links: readonly LinkRow[] = [];
  /** The node that is pointed at. */
  private pointed: string | undefined;

  constructor(private readonly root: HTMLElement, private readonly rates: MapRates, private readonly choose: (node: string) => void) {
    this.lines = new LinkLines(root, (x) => rates.traffic(x));
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
    for (const type of ['pointerenter', 'focus']) root.addEventListener(type, () => this.point(id));
    for (const type of ['pointerleave', 'blur']) root.addEventListener(type, () => this.point(undefined));
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

  private point(id: string | undefined): void {
    this.pointed = id;
    if (this.nodes.length > FEW) this.lay();
  }

  private lay(): void {
    const width = this.root.clientWidth;
    if (!width) return;
    const { height, narrow, places } = placesOn(this.nodes.length, width);
    this.root.style.height = `${height}px`;
    const cards = new Map<string, [number, number]>();
    this.nodes.forEach((x, i) => {
      const place = places[i]!;
      cards.set(x.id, place);
      const style = this.cards.get(x.id)!.root.style;
      style.left = `${place[0] - CARD_WIDTH / 2}px`;
      style.top = `${place[1] - CARD_HEIGHT / 2}px`;
    });
    const about = this.nodes.length > FEW ? this.pointed ?? this.nodes.find((x) => x.self)?.id ?? '' : undefined;
    this.lines.draw(this.links, { cards, half: [CARD_WIDTH / 2, CARD_HEIGHT / 2], width, narrow, about });
  }
}
