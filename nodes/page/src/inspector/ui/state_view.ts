import { isObject, type Json } from '../../protocol';
import { clock, humanise, make } from '../../ui/dom';

/** More members of one list than this are counted, not shown. */
const MOST = 50;
const DEEPEST = 8;

/** Shows a JSON value as a table of its members; what is deep can be opened. Remembers what is open. */
export class StateView {
  readonly root = make('div', 'state');
  private shown = '';
  private readonly open = new Map<string, boolean>();

  show(x: Json): void {
    const words = JSON.stringify(x);
    if (words === this.shown) return;
    this.shown = words;
    this.root.replaceChildren(this.draw(x, '', 0));
  }

  private draw(x: Json, path: string, depth: number): Node {
    if (Array.isArray(x)) return this.members(x.map((y, i) => [String(i + 1), y]), path, depth);
    if (isObject(x)) return this.members(Object.entries(x), path, depth);
    return make('span', kindOf(x), isMoment(path, x) ? clock(x) : plain(x));
  }

  private members(all: [string, Json][], path: string, depth: number): Node {
    if (!all.length) return make('span', 'faint', 'none');
    if (depth >= DEEPEST) return make('span', 'faint', '…');
    const list = make('dl');
    for (const [key, x] of all.slice(0, MOST)) this.add(list, key, x, `${path}/${key}`, depth);
    if (all.length > MOST) list.append(make('dt', 'faint', '…'), make('dd', 'faint', `${(all.length - MOST).toLocaleString('en')} more`));
    return list;
  }

  private add(list: HTMLElement, key: string, x: Json, path: string, depth: number): void {
    const name = make('dt', '', humanise(key) || key);
    name.title = key;
    const size = Array.isArray(x) ? x.length : isObject(x) ? Object.keys(x).length : 0;
    if (!size) return list.append(name, make('dd', '', this.draw(x, path, depth + 1)));
    if (isShort(x)) return list.append(name, make('dd', '', (x as Json[]).map(plain).join(', ')));
    const branch = make('details', '', make('summary', '', `${size} ${Array.isArray(x) ? 'in it' : size === 1 ? 'member' : 'members'}`), this.draw(x, path, depth + 1));
    branch.open = this.open.get(path) ?? (depth === 0 && size <= 12);
    branch.addEventListener('toggle', () => this.open.set(path, branch.open));
    list.append(name, make('dd', 'deep', branch));
  }
}

/** Whether a number is a time: seconds since the Unix epoch, under a name that says so. */
const isMoment = (path: string, x: Json): x is number => typeof x === 'number' && x > 1e9 && x < 1e10 && /(_at|since|spawned|began|timestamp)$/.test(path);

/** A few plain values, which one line holds. */
const isShort = (x: Json): boolean =>
  Array.isArray(x) && x.length <= 8 && x.every((y) => typeof y !== 'object') && x.map(plain).join(', ').length <= 80;

const kindOf = (x: Json): string => (x === null ? 'faint' : typeof x === 'string' ? 'text' : '');

/** A plain value in words. */
export function plain(x: Json): string {
  if (x === null) return 'none';
  if (x === true) return 'yes';
  if (x === false) return 'no';
  if (typeof x === 'number') return Number.isInteger(x) ? x.toLocaleString('en') : Math.abs(x) >= 1e5 ? x.toFixed(3) : String(Number(x.toPrecision(6)));
  if (typeof x === 'string') return x === '' ? '“”' : x;
  return JSON.stringify(x);
}
