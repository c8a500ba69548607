import { make, say } from '../../ui/dom';
import { bytes, millis } from '../format';
import { linkTone } from '../health';
import { pairOf } from '../links';
import type { LinkRow } from '../model';

const NS = 'http://www.w3.org/2000/svg';
/** Where on the way between two cards the words of a link may stand, the best place first. */
const PLACES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];
/** Room between words and whatever is beside them. */
const AIR = 4;

type Point = readonly [number, number];
/** A rectangle by its middle and half of its size. */
interface Box {
  at: Point;
  half: Point;
}

/** Where the cards are, and which links are to be seen well. */
export interface Ground {
  cards: ReadonlyMap<string, Point>;
  half: Point;
  width: number;
  /** There is room for little. */
  narrow: boolean;
  /** The node whose links have words where not all can; undefined: all have. */
  about: string | undefined;
}

const apart = (x: Box, y: Box): boolean => [0, 1].some((i) => Math.abs(x.at[i]! - y.at[i]!) >= x.half[i]! + y.half[i]! + AIR);

/** How much of the way from the middle of a card lies on the card. */
const covered = ([dx, dy]: Point, half: Point): number => Math.min(half[0] / Math.abs(dx || 1e-9), half[1] / Math.abs(dy || 1e-9), 0.5);

/** The links as lines, each pair of nodes one, with words where there is a place for them. */
export class LinkLines {
  private readonly lines = document.createElementNS(NS, 'svg');
  private readonly labels = new Map<string, HTMLElement>();

  /** `traffic`: bytes a second, out and in. */
  constructor(private readonly root: HTMLElement, private readonly traffic: (x: LinkRow) => [number, number] | undefined) {
    this.lines.setAttribute('aria-hidden', 'true');
    root.append(this.lines);
  }

  /** Draws the links of nodes that have a card. Those in trouble stand out, and have their words first. */
  draw(links: readonly LinkRow[], ground: Ground): void {
    const shown = links.filter((x) => ground.cards.has(x.from) && ground.cards.has(x.to));
    const loud = (x: LinkRow): boolean => linkTone(x) !== 'good' || ground.about === undefined || [x.from, x.to].includes(ground.about);
    this.lines.replaceChildren(...[...shown].sort((x, y) => Number(loud(x)) - Number(loud(y))).map((x) => this.line(x, ground, loud(x))));
    const taken: Box[] = [...ground.cards.values()].map((at) => ({ at, half: ground.half }));
    const kept = new Set<string>();
    // Where cards stand in two columns, lines of one node lie too near to each other for words.
    const named = (x: LinkRow): boolean => loud(x) && (!ground.narrow || ground.cards.size <= 3 || linkTone(x) !== 'good');
    for (const x of shown.filter(named)) {
      kept.add(pairOf(x));
      this.place(x, ground, taken);
    }
    for (const [pair, label] of this.labels) {
      if (kept.has(pair)) continue;
      label.remove();
      this.labels.delete(pair);
    }
  }

  private line(x: LinkRow, { cards }: Ground, loud: boolean): SVGElement {
    const line = document.createElementNS(NS, 'line');
    const [[x1, y1], [x2, y2]] = [cards.get(x.from)!, cards.get(x.to)!];
    for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) line.setAttribute(name, String(value));
    line.setAttribute('class', `link ${linkTone(x)}${loud ? '' : ' quiet'}`);
    Object.assign(line.dataset, { pair: pairOf(x), tone: linkTone(x) });
    return line;
  }

  /** Words that find no place are left off: the table below has them. */
  private place(x: LinkRow, ground: Ground, taken: Box[]): void {
    const label = this.labels.get(pairOf(x)) ?? this.add(pairOf(x));
    label.dataset.tone = linkTone(x);
    label.title = `${x.from} and ${x.to}: ${x.phase}`;
    label.hidden = false;
    say(label, this.words(x, ground.narrow));
    const half: Point = [label.offsetWidth / 2, label.offsetHeight / 2];
    const [from, to] = [ground.cards.get(x.from)!, ground.cards.get(x.to)!];
    const way: Point = [to[0] - from[0], to[1] - from[1]];
    const hidden = covered(way, ground.half);
    const found = PLACES.map((part): Box => {
      const t = hidden + part * (1 - 2 * hidden);
      return { at: [from[0] + way[0] * t, from[1] + way[1] * t], half };
    }).find((box) => box.at[0] >= half[0] && box.at[0] + half[0] <= ground.width && taken.every((y) => apart(box, y)));
    label.hidden = !found;
    if (!found) return;
    taken.push(found);
    label.style.left = `${found.at[0]}px`;
    label.style.top = `${found.at[1]}px`;
  }

  private add(pair: string): HTMLElement {
    const label = make('span', 'link-label');
    label.dataset.pair = pair;
    this.labels.set(pair, label);
    this.root.append(label);
    return label;
  }

  private words(x: LinkRow, narrow: boolean): string {
    if (x.phase !== 'live') return x.phase === 'dialling' ? 'dialling' : 'down';
    const traffic = this.traffic(x);
    const round = x.roundTripMs === undefined || narrow ? '' : ` · ${millis(x.roundTripMs)}`;
    return traffic ? `${bytes(traffic[0] + traffic[1])}/s${round}` : `live${round}`;
  }
}
