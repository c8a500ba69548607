import { make, say } from '../../ui/dom';

const NS = 'http://www.w3.org/2000/svg';
const WIDTH = 120;
const HEIGHT = 28;

/** A figure with its name and a small line of its latest values. */
export class Spark {
  readonly root: HTMLElement;
  private readonly figure = make('strong');
  private readonly line = document.createElementNS(NS, 'polyline');

  constructor(name: string) {
    const picture = document.createElementNS(NS, 'svg');
    picture.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    picture.setAttribute('preserveAspectRatio', 'none');
    picture.setAttribute('aria-hidden', 'true');
    picture.append(this.line);
    this.root = make('div', 'spark', make('span', 'faint', name), this.figure);
    this.root.append(picture);
  }

  show(words: string, values: readonly number[], slots = 60): void {
    say(this.figure, words);
    this.line.setAttribute('points', sparkPoints(values, slots).map(([x, y]) => `${x},${y}`).join(' '));
  }
}

/** Where the line goes: newest at the right, from nothing to the largest of the values. */
export function sparkPoints(values: readonly number[], slots: number): [number, number][] {
  const most = Math.max(...values, 1e-9);
  const step = WIDTH / (slots - 1);
  return values.map((x, i) => [
    Math.round((WIDTH - (values.length - 1 - i) * step) * 10) / 10,
    Math.round((HEIGHT - 2 - (x / most) * (HEIGHT - 4)) * 10) / 10,
  ]);
}
