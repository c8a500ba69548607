import { describe, expect, it } from 'vitest';
import type { Json } from '../src/protocol';
import { named, placeOf, tell, type Piece, type Resolver } from '../src/sentences';
import type { TownEvent } from '../src/store';

const people: Record<string, { id: string; name: string }> = {
  c1: { id: 'c1', name: 'Ada Smith' }, 'Ada Smith': { id: 'c1', name: 'Ada Smith' }, c2: { id: 'c2', name: 'Ben Baker' },
};
const resolve: Resolver = (x) => people[x];
const event = (type: string, data: Json): TownEvent => ({ serial: 1, type, data, at: 0 });
const plain = (pieces: Piece[]): string =>
  pieces.map((p) => (typeof p === 'string' ? p : 'who' in p ? `<${p.name}>` : `[${p.called ?? p.where}]`)).join('');
const said = (type: string, data: Json): string => plain(tell(event(type, data), resolve));

describe('a sentence', () => {
  it.each<[string, Json, string]>([
    ['chat', { who: ['c1', 'c2'], where: 'Inn', about: 'rain' }, '<Ada Smith> and <Ben Baker> chat about rain, at [Inn]'],
    ['chat', { who: 'Ada Smith', with: 'c2' }, '<Ada Smith> and <Ben Baker> chat'],
    ['chat', { from: 'c1', to: 'stranger', text: 'Hello' }, '<Ada Smith> and stranger chat: “Hello”'],
    ['trade', { buyer: 'c1', seller: 'c2', goods: 'a loaf', price: 4 }, '<Ada Smith> buys a loaf from <Ben Baker> for 4 pence'],
    ['new_day', { day: 3, weather: 'rain' }, 'Day 3 dawns: rain'],
    ['bell', { strikes: 8, where: 'Church' }, 'The bell strikes 8, at [Church]'],
    ['arrival', { character_id: 'c2', location: 'Inn' }, '<Ben Baker> arrives, at [Inn]'],
    ['lost_property', { owner: 'c1', item_name: 'hat', found: false, worth: 1.239 }, 'Lost property: owner <Ada Smith>, item name hat, found no, worth 1.24'],
    ['chat', { text: 'Ada Smith and Ben Baker talk about flour at the Inn.', characters: ['c1', 'c2'], location: 'Inn' }, '<Ada Smith> and <Ben Baker> talk about flour at the [Inn].'],
    ['chat', { text: 'At the market, Ada Smith talks.', who: 'c1', location: 'Market Square' }, 'At [the market], <Ada Smith> talks.'],
    ['market_opens', { text: 'The market opens.', day: 1, time: '08:00' }, 'The market opens.'],
    ['call', { text: 'Ada Smith calls: "All is well!"', character_id: 'c1' }, '<Ada Smith> calls: "All is well!"'],
    ['chat', { from: 'c1', to: 'c2', text: 'Good morning to you.' }, '<Ada Smith> and <Ben Baker> chat: “Good morning to you.”'],
    ['odd', null, 'Odd'],
    ['odd', 'text', 'Odd: text'],
    ['odd', { list: ['c1', 3], deep: { a: 1 } }, 'Odd: list <Ada Smith>, 3, deep a 1'],
    ['trade', { what: 1 }, 'Trade: what 1'],
    ['chat', {}, 'Chat'],
  ])('of %s %j', (type, data, expected) => expect(said(type, data)).toBe(expected));
});

it('an event names its people, however deep, each once', () => {
  expect(named(event('x', { who: ['c1', { id: 'c2' }], again: 'Ada Smith' }), resolve).sort()).toEqual(['c1', 'c2']);
  expect(named(event('x', null), resolve)).toEqual([]);
});

it('an event has a place when it says so', () => {
  expect(placeOf(event('x', { location: 'Inn' }))).toBe('Inn');
  expect(placeOf(event('x', 3))).toBe('');
});
