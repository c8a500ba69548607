import { beforeEach, describe, expect, it } from 'vitest';
import type { Envelope, JsonObject } from '../src/protocol';
import { Store } from '../src/store';

let told: string[];
let store: Store;

beforeEach(() => {
  told = [];
  store = new Store({
    appeared: (c) => told.push(`appeared ${c.id}`),
    changed: (c, before) => told.push(`changed ${c.id} ${before}`),
    moved: (c) => told.push(`moved ${c.id} ${c.x} ${c.y}`),
    gone: (c) => told.push(`gone ${c.id}`),
    event: (e) => told.push(`event ${e.type}`),
  });
});

const message = (type: string, data: JsonObject): Envelope => ({ type, data, timestamp: 5 });
const update = (id: string | number, more: JsonObject = {}): void =>
  store.apply(message('character_update', {
    character_id: id, name: `N${id}`, state: 'idle', location: 'Inn', attributes: {}, epoch: 1, version: 1, timestamp: 5, ...more,
  }));
const change = (id: string, more: JsonObject): void =>
  store.apply(message('state_change', { character_id: id, epoch: 1, ...more }));
const remove = (id: string, more: JsonObject = {}): void =>
  store.apply(message('character_removed', { character_id: id, epoch: 1, version: 9, ...more }));

describe('characters', () => {
  it('appear, change and go', () => {
    update('a', { x: 1, y: 2 });
    change('a', { new_state: 'walking', previous_state: 'idle', location: 'High Street', x: 3, y: 4, version: 2 });
    expect(store.characters.get('a')).toMatchObject({ name: 'Na', state: 'walking', location: 'High Street', x: 3, y: 4 });
    remove('a');
    expect(told).toEqual(['appeared a', 'moved a 1 2', 'moved a 3 4', 'changed a idle', 'gone a']);
    expect(store.characters.size).toBe(0);
  });

  it('are the same whether their id is written as a number or as a text', () => {
    update(7);
    update('7', { version: 2 });
    expect([...store.characters.keys()]).toEqual(['7']);
  });

  it('may have no place', () => {
    update('a');
    expect(store.characters.get('a')?.placed).toBe(false);
    change('a', { new_state: 'x', location: 'Inn', version: 2, x: 'far', y: null });
    expect(store.characters.get('a')?.placed).toBe(false);
  });

  it('never go back in epoch and version', () => {
    update('a', { epoch: 2, version: 5, state: 'new' });
    update('a', { epoch: 2, version: 4, state: 'old' });
    update('a', { epoch: 1, version: 9, state: 'older' });
    expect(store.characters.get('a')?.state).toBe('new');
    update('a', { epoch: 3, version: 1, state: 'newest' });
    expect(store.characters.get('a')?.state).toBe('newest');
  });

  it('do not come back from the dead by a late message', () => {
    update('a');
    remove('a', { version: 9 });
    update('a', { version: 8 });
    expect(store.characters.size).toBe(0);
    update('a', { version: 10 });
    expect(store.characters.size).toBe(1);
  });

  it('keep their attributes over a state change that has none', () => {
    update('a', { attributes: { mood: 'gay' } });
    change('a', { new_state: 'x', location: 'Inn', version: 2 });
    expect(store.characters.get('a')?.attributes).toEqual({ mood: 'gay' });
    change('a', { new_state: 'x', location: 'Inn', version: 3, attributes: { mood: 'sad' } });
    expect(store.characters.get('a')?.attributes).toEqual({ mood: 'sad' });
  });

  it('remember steps, not mere movements, and not for ever', () => {
    update('a', { x: 0, y: 0 });
    change('a', { new_state: 'idle', location: 'Inn', x: 1, y: 1, version: 2 });
    expect(store.characters.get('a')?.history.length).toBe(1);
    for (let i = 3; i < 100; i++) change('a', { new_state: `s${i}`, location: 'Inn', version: i });
    expect(store.characters.get('a')?.history.length).toBe(24);
    expect(store.characters.get('a')?.history.at(-1)?.state).toBe('s99');
  });

  it('give their slot to the next one', () => {
    update('a');
    update('b');
    remove('a');
    update('c');
    expect(store.characters.get('c')?.slot).toBe(0);
    expect(store.at(0)?.id).toBe('c');
    expect(store.at(1)?.id).toBe('b');
  });
});

describe('counts', () => {
  it('of states always add up to the number of characters', () => {
    for (let i = 0; i < 50; i++) update(`c${i}`, { state: `s${i % 3}` });
    for (let i = 0; i < 50; i += 2) change(`c${i}`, { new_state: `s${i % 5}`, location: 'x', version: 2 });
    for (let i = 0; i < 50; i += 7) remove(`c${i}`);
    const expected = new Map<string, number>();
    for (const c of store.characters.values()) expected.set(c.state, (expected.get(c.state) ?? 0) + 1);
    for (const [state, count] of store.states) expect(count).toBe(expected.get(state) ?? 0);
  });
});

describe('a snapshot', () => {
  it('makes those go who are not in it', () => {
    update('a');
    update('b');
    store.beginSnapshot();
    update('b');
    update('c');
    expect(store.sweep()).toBe(1);
    expect([...store.characters.keys()].sort()).toEqual(['b', 'c']);
    expect(told.at(-1)).toBe('gone a');
  });

  it('can bring back who was removed, as by a node that began anew', () => {
    update('a');
    remove('a', { epoch: 5 });
    store.beginSnapshot();
    update('a');
    expect(store.characters.size).toBe(1);
  });
});

describe('a new life of the node', () => {
  it('counts whatever its epochs are, in its snapshot and after it', () => {
    update('a', { epoch: 900, version: 5, state: 'old' });
    update('b', { epoch: 900 });
    remove('b', { epoch: 900 });
    store.beginLife();
    store.beginSnapshot();
    update('a', { epoch: 300, version: 1, state: 'new' });
    update('b', { epoch: 300, version: 1 });
    expect(store.characters.get('a')?.state).toBe('new');
    expect(store.characters.size).toBe(2);
    expect(store.sweep()).toBe(0);
    update('a', { epoch: 200, version: 9, state: 'older' });
    expect(store.characters.get('a')?.state).toBe('new');
  });
});

describe('events', () => {
  it('are kept, up to a bound, newest last', () => {
    for (let i = 0; i < 400; i++) store.apply(message('event_notification', { event_type: 'bell', data: { i }, timestamp: i }));
    expect(store.events.length).toBe(300);
    expect(store.events.at(-1)).toMatchObject({ type: 'bell', data: { i: 399 }, at: 399, serial: 400 });
    expect(store.eventsSeen).toBe(400);
  });
});

it('survives messages that make no sense', () => {
  for (const type of ['character_update', 'state_change', 'character_removed', 'event_notification', 'what']) {
    for (const data of [null, 3, 'x', [], {}, { character_id: null }, { character_id: {} }]) store.apply({ type, data, timestamp: 0 });
  }
  expect(store.characters.size).toBe(0);
});
