import { isObject, text, type Json, type JsonObject } from './protocol';
import type { TownEvent } from './store';

/** A piece of a sentence: words, or somebody or some place to go to. */
export type Piece = string | { who: string; name: string } | { where: string; called?: string };

/** Knows who is meant by a value of an event: an id, or a name. */
export type Resolver = (value: string) => { id: string; name: string } | undefined;

type Teller = (data: JsonObject, who: (key: string) => Piece) => Piece[] | undefined;

const SPEAKERS = ['who', 'characters', 'participants', 'names', 'people', 'between', 'with'];
const PAIRS: [string, string][] = [['from', 'to'], ['speaker', 'listener'], ['a', 'b'], ['who', 'with'], ['name', 'with']];

/** Says what happened in a sentence; for types that are not known, key by key. */
export function tell(event: TownEvent, resolve: Resolver): Piece[] {
  const data = isObject(event.data) ? event.data : {};
  const who = (key: string): Piece => person(data[key], resolve);
  const ready = text(data, 'text');
  if (isSentence(ready)) {
    const links = linkify(ready, named(event, resolve), placeOf(event), resolve);
    if (links) return links;
  }
  const told = TELLERS[event.type.toLowerCase()]?.(data, who) ?? tellChat(event.type, data, resolve);
  return told ?? plain(event, resolve);
}

function isSentence(words: string): boolean {
  return /\s.*[.!?"”…]$/su.test(words);
}

/**
 * A sentence that came with the event, with its people and its place as links. Undefined when it names none
 * of the people whom the event is about: then it is what somebody said, not what happened.
 */
function linkify(words: string, ids: string[], where: string, resolve: Resolver): Piece[] | undefined {
  const people = ids.map((id) => resolve(id)!);
  if (people.length && !people.some((p) => words.includes(p.name))) return undefined;
  let pieces: Piece[] = [words];
  for (const p of people) pieces = replace(pieces, p.name, () => ({ who: p.id, name: p.name }));
  // The Market Square may well be called "the market" in a sentence.
  for (const called of where ? [where, ...where.split(' ').map((word) => `the ${word}`)] : []) {
    const linked = replace(pieces, called, (found) => ({ where, called: found }));
    if (linked !== pieces) return linked;
  }
  return pieces;
}

/** Puts a link where `words` first stand in the pieces that are text. */
function replace(pieces: Piece[], words: string, link: (found: string) => Piece): Piece[] {
  for (const [i, piece] of pieces.entries()) {
    const at = typeof piece === 'string' ? piece.toLowerCase().indexOf(words.toLowerCase()) : -1;
    if (typeof piece !== 'string' || at < 0) continue;
    const end = at + words.length;
    return [...pieces.slice(0, i), piece.slice(0, at), link(piece.slice(at, end)), piece.slice(end), ...pieces.slice(i + 1)];
  }
  return pieces;
}

/** The ids of all characters that an event names. */
export function named(event: TownEvent, resolve: Resolver): string[] {
  const found = new Set<string>();
  const look = (x: Json, depth: number): void => {
    if (typeof x === 'string' || typeof x === 'number') {
      const c = resolve(String(x));
      if (c) found.add(c.id);
    } else if (depth > 0 && x !== null && typeof x === 'object') {
      for (const inner of Object.values(x)) look(inner, depth - 1);
    }
  };
  look(event.data, 3);
  return [...found];
}

/** Where an event says that it took place; empty when it does not. */
export function placeOf(event: TownEvent): string {
  for (const key of ['where', 'location', 'place', 'at']) {
    const name = text(event.data, key);
    if (name) return name;
  }
  return '';
}

const TELLERS: Record<string, Teller> = {
  trade: (d, who) => {
    if (!d.buyer || !d.seller) return undefined;
    return [who('buyer'), ` buys ${goods(d)} from `, who('seller'), ...price(d), ...at(d)];
  },
  new_day: (d) => {
    const weather = text(d, 'weather');
    return [`Day ${text(d, 'day', '?')} dawns`, weather ? `: ${weather}` : ''];
  },
  weather: (d) => [`The weather turns: ${text(d, 'weather') || text(d, 'now') || 'something else'}`],
  bell: (d) => {
    const count = text(d, 'strikes') || text(d, 'hour') || text(d, 'count') || text(d, 'time');
    return ['The bell strikes', count ? ` ${count}` : '', ...at(d)];
  },
  arrival: (d, who) => (subject(d) ? [who(subject(d)), ' arrives', ...at(d)] : undefined),
  departure: (d, who) => (subject(d) ? [who(subject(d)), ' leaves', ...at(d)] : undefined),
};

const CHATTY = new Set(['chat', 'talk', 'conversation', 'gossip', 'meeting', 'meet', 'greeting', 'interaction']);

function tellChat(type: string, data: JsonObject, resolve: Resolver): Piece[] | undefined {
  if (!CHATTY.has(type.toLowerCase())) return undefined;
  const people = company(data, resolve);
  if (!people.length) return undefined;
  const about = text(data, 'about') || text(data, 'topic') || text(data, 'subject');
  const verb = /meet|greet/.test(type) ? 'meet' : 'chat';
  const pieces: Piece[] = people.flatMap((p, i) => [i === 0 ? '' : i === people.length - 1 ? ' and ' : ', ', p]);
  return [...pieces, people.length === 1 ? ` ${verb}s` : ` ${verb}`, about ? ` about ${about}` : '', ...at(data), ...quote(data)];
}

function company(data: JsonObject, resolve: Resolver): Piece[] {
  for (const [a, b] of PAIRS) {
    if (data[a] && data[b]) return [data[a], data[b]].flatMap((x) => people(x, resolve));
  }
  for (const key of SPEAKERS) if (data[key]) return people(data[key], resolve);
  return [];
}

function people(x: Json | undefined, resolve: Resolver): Piece[] {
  return Array.isArray(x) ? x.map((y) => person(y, resolve)) : [person(x, resolve)];
}

/** The key under which an event about one character names it; empty when there is none. */
function subject(data: JsonObject): string {
  return ['who', 'character_id', 'character', 'name'].find((key) => data[key] !== undefined) ?? '';
}

function person(x: Json | undefined, resolve: Resolver): Piece {
  const inner = isObject(x) ? (x.id ?? x.character_id ?? x.name) : undefined;
  if (inner !== undefined) return person(inner, resolve);
  const words = value(x ?? null);
  const c = resolve(words);
  return c ? { who: c.id, name: c.name } : words;
}

function goods(data: JsonObject): string {
  const words = text(data, 'goods') || text(data, 'item') || text(data, 'what') || 'something';
  const amount = text(data, 'quantity') || text(data, 'amount');
  return amount && amount !== '1' ? `${amount} × ${words}` : words;
}

function price(data: JsonObject): Piece[] {
  const amount = text(data, 'price');
  return amount ? [` for ${amount}${/^\d+$/.test(amount) ? ` ${text(data, 'currency', 'pence')}` : ''}`] : [];
}

function at(data: JsonObject): Piece[] {
  const where = text(data, 'where') || text(data, 'location') || text(data, 'place');
  return where ? [', at ', { where }] : [];
}

function quote(data: JsonObject): Piece[] {
  const words = text(data, 'text') || text(data, 'message') || text(data, 'says');
  return words ? [`: “${words}”`] : [];
}

function plain(event: TownEvent, resolve: Resolver): Piece[] {
  const name = event.type.replace(/[_-]+/g, ' ');
  const pieces: Piece[] = [name.charAt(0).toUpperCase() + name.slice(1)];
  if (!isObject(event.data)) return event.data === null ? pieces : [...pieces, `: ${value(event.data)}`];
  Object.entries(event.data).forEach(([key, x], i) => {
    pieces.push(`${i ? ',' : ':'} ${key.replace(/[_-]+/g, ' ')} `);
    if (Array.isArray(x)) people(x, resolve).forEach((p, j) => pieces.push(j ? ', ' : '', p));
    else pieces.push(person(x, resolve));
  });
  return pieces;
}

/** A value as it can stand in a sentence. */
export function value(x: Json): string {
  if (x === null) return '–';
  if (typeof x === 'boolean') return x ? 'yes' : 'no';
  if (typeof x === 'number') return Number.isInteger(x) ? String(x) : String(Math.round(x * 100) / 100);
  if (typeof x === 'string') return x;
  if (Array.isArray(x)) return x.map(value).join(', ');
  return Object.entries(x).map(([k, v]) => `${k.replace(/[_-]+/g, ' ')} ${value(v)}`).join(', ');
}
