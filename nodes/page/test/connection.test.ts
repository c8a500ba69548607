import { beforeEach, describe, expect, it } from 'vitest';
import { backoff } from '../src/backoff';
import { Connection } from '../src/connection';
import { FakeWorld, Notes } from './fake_socket';

let world: FakeWorld;
let notes: Notes;
let connection: Connection;

beforeEach(() => {
  world = new FakeWorld();
  notes = new Notes();
  connection = new Connection('ws://town/ws', world, notes);
});

function connect(): void {
  connection.start();
  world.socket.accept();
  world.socket.welcome();
}

function reconnect(): void {
  world.socket.break();
  world.pass(20_000);
  world.socket.accept();
  world.socket.welcome({ position: 'p99' });
}

describe('a first connection', () => {
  it('asks for the sub-protocol and for a snapshot of the world', () => {
    connect();
    expect(world.urls).toEqual(['ws://town/ws towncrier.v1.json']);
    expect(world.socket.sentOf('subscribe')[0]?.data).toEqual({ channels: ['world'], snapshot: true });
    expect(notes.phases).toEqual(['connecting', 'live']);
  });

  it('passes on messages, those of a batch one by one and in order', () => {
    connect();
    world.socket.say('batch', [
      { type: 'state_change', data: { n: 1 }, timestamp: 1 }, 'rubbish', { type: 'event_notification', data: { n: 2 }, timestamp: 1 },
    ]);
    expect(notes.messages.map((x) => x.data)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(connection.received).toBe(3);
  });

  it('ignores frames that are no messages', () => {
    connect();
    world.socket.onmessage?.({ data: '{' });
    world.socket.onmessage?.({ data: '[]' });
    world.socket.onmessage?.({ data: new ArrayBuffer(3) });
    expect(notes.messages).toEqual([]);
  });

  it('sends a token before anything else', () => {
    connection = new Connection('ws://town/ws', world, notes, 'secret');
    connect();
    expect(world.socket.sent[0]).toMatchObject({ type: 'auth', data: { token: 'secret' } });
  });
});

describe('heartbeats', () => {
  it('are sent within half of the interval, again and again', () => {
    connect();
    for (let i = 0; i < 6; i++) {
      world.pass(5_000);
      world.socket.say('heartbeat');
    }
    expect(world.socket.sentOf('heartbeat').length).toBe(1 + 1 + 5);
  });

  it('measure the latency by the answer, not by what the node sends of itself', () => {
    connect();
    world.pass(10);
    world.socket.say('heartbeat', { position: 'p1' });
    expect(connection.link.latency).toBeUndefined();
    world.pass(32);
    world.socket.say('heartbeat', { position: 'p1', id: world.socket.sentOf('heartbeat')[0]!.id! });
    expect(connection.link.latency).toBe(42);
  });

  it('measure again soon, since the first answer waits behind the snapshot', () => {
    connect();
    world.pass(1_000);
    expect(world.socket.sentOf('heartbeat').length).toBe(2);
  });

  it('give up a connection on which nothing is heard, and open another', () => {
    connect();
    const dead = world.socket;
    world.pass(60_000);
    expect(dead.closedByPage).toBe(true);
    expect(world.sockets.length).toBeGreaterThan(1);
  });
});

describe('a reconnection', () => {
  it('resumes at the last position instead of asking for everything', () => {
    connect();
    world.socket.say('batch', [], { position: 'p7' });
    reconnect();
    expect(world.socket.sentOf('resume')[0]?.data).toEqual({ position: 'p7' });
    expect(world.socket.sentOf('subscribe')).toEqual([]);
  });

  it('takes the position from heartbeats, lag and welcome, too', () => {
    connect();
    reconnect();
    expect(world.socket.sentOf('resume')[0]?.data).toEqual({ position: 'p0' });
    world.socket.say('result', { resumed: true }, { id: 'resume' });
    world.socket.say('lag', { behind_ms: 5, position: 'p8' });
    reconnect();
    expect(world.socket.sentOf('resume')[0]?.data).toEqual({ position: 'p8' });
  });

  it('does not move its position before the resume is answered', () => {
    connect();
    world.socket.say('batch', [], { position: 'p7' });
    reconnect();
    world.socket.say('batch', [], { position: 'p100' });
    reconnect();
    expect(world.socket.sentOf('resume')[0]?.data).toEqual({ position: 'p7' });
    world.socket.say('result', { id: 'resume', ok: true, data: { resumed: true } });
    world.socket.say('batch', [], { position: 'p101' });
    reconnect();
    expect(world.socket.sentOf('resume')[0]?.data).toEqual({ position: 'p101' });
  });

  it('says whether it went on where it was or a snapshot follows', () => {
    connect();
    const before = notes.snapshots;
    reconnect();
    world.socket.say('result', { resumed: true }, { id: 'resume' });
    expect([notes.snapshots - before, connection.link.resumes]).toEqual([0, 1]);
    reconnect();
    world.socket.say('result', { resumed: false }, { id: 'resume' });
    expect([notes.snapshots - before, connection.link.resumes]).toEqual([1, 1]);
  });

  it('begins anew when the node cannot read the position', () => {
    connect();
    reconnect();
    world.socket.say('error', { code: 1001, message: 'bad position', id: 'resume' });
    expect(world.socket.sentOf('subscribe').length).toBe(1);
  });

  it('waits longer after each failure, and starts over after a success', () => {
    connect();
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      world.socket.break();
      waits.push(connection.link.retryAt - world.time);
      world.pass(waits[i]!);
    }
    expect(waits).toEqual([200, 400, 800, 1600]);
    world.socket.accept();
    world.socket.welcome();
    world.socket.break();
    expect(connection.link.retryAt - world.time).toBe(200);
  });

  it('waits at least five seconds when the node says try again later', () => {
    connect();
    world.socket.break(1013);
    expect(connection.link.retryAt - world.time).toBe(5_000);
  });

  it('does not wait when the browser says that the network is back', () => {
    connect();
    world.socket.break();
    connection.network(true);
    expect(world.sockets.length).toBe(2);
    world.pass(10_000);
    expect(world.sockets.length).toBe(2);
  });
});

describe('other edges', () => {
  const OWN = 'ws://town/ws towncrier.v1.json';
  const OTHER = 'ws://b:1/ws towncrier.v1.json';

  function lose(times: number): void {
    for (let i = 0; i < times; i++) {
      world.socket.break();
      world.pass(connection.link.retryAt - world.time);
    }
  }

  it('are tried in turn when our own does not answer, and keep the position', () => {
    connection.start();
    world.socket.accept();
    world.socket.welcome({ edges: ['ws://b:1', 'ws://c:1/'] });
    world.socket.say('batch', [], { position: 'p7' });
    lose(4);
    expect(world.urls).toEqual([OWN, OWN, OTHER, 'ws://c:1/ws towncrier.v1.json', OWN]);
    lose(1);
    world.socket.accept();
    expect(world.socket.sentOf('resume')[0]?.data).toEqual({ position: 'p7' });
  });

  it('are tried again first where they worked', () => {
    connection.start();
    world.socket.accept();
    world.socket.welcome({ edges: ['ws://b:1'] });
    lose(2);
    world.socket.accept();
    world.socket.welcome({ edges: ['ws://town'] });
    lose(2);
    expect(world.urls.slice(2)).toEqual([OTHER, OTHER, OWN]);
  });

  it('are kept when a node that is alone names none', () => {
    connection.start();
    world.socket.accept();
    world.socket.welcome({ edges: ['ws://b:1'] });
    lose(1);
    world.socket.accept();
    world.socket.welcome();
    lose(2);
    expect(world.urls.at(-1)).toBe(OTHER);
  });

  it('that are no WebSocket addresses, or less safe than our own, are left out', () => {
    connection = new Connection('wss://town/ws', world, notes);
    connection.start();
    world.socket.accept();
    world.socket.welcome({ edges: ['nonsense', 'http://b:1', 'ws://b:1', 7] });
    lose(3);
    expect(new Set(world.urls)).toEqual(new Set(['wss://town/ws towncrier.v1.json']));
  });
});

describe('a node that wants a token', () => {
  it('is not asked again until there is one', () => {
    connection.start();
    world.socket.accept();
    world.socket.say('error', { code: 1002, message: 'missing token' });
    world.socket.break(1008, 'Invalid token');
    world.pass(100_000);
    expect(world.sockets.length).toBe(1);
    expect(connection.link.phase).toBe('refused');
    connection.authenticate('t');
    world.socket.accept();
    expect(world.socket.sent[0]?.data).toEqual({ token: 't' });
  });

  it('is known by its close reason alone', () => {
    connection.start();
    world.socket.accept();
    world.socket.break(1008, 'Invalid token');
    expect(connection.link.phase).toBe('refused');
  });
});

describe('lag', () => {
  it('is shown, and over when heartbeats come without it', () => {
    connect();
    world.socket.say('lag', { behind_ms: 800, conflated: 3, dropped_events: 0 });
    expect(connection.link.behind).toBe(800);
    world.pass(4_900);
    world.socket.say('heartbeat');
    expect(connection.link.behind).toBe(0);
  });
});

describe('backoff', () => {
  it('doubles up to a limit and takes off at most a half', () => {
    expect(backoff(0, 0)).toBe(200);
    expect(backoff(0, 1)).toBe(400);
    expect(backoff(3, 0)).toBe(1600);
    expect(backoff(50, 1)).toBe(15_000);
  });
});
