// A client of a real node that publishes a character of any name, and says how its connection ended.
import WebSocket from 'ws';

export class Guest {
  constructor(socket, name) {
    this.socket = socket;
    /** The id of the character that it publishes. */
    this.name = name;
    /** What the node calls the connection: c17. */
    this.connection = '';
    this.closed = new Promise((done) => socket.on('close', (code) => done(code)));
  }

  /** Connects, and publishes the character once a moment. */
  static async enter(url, name) {
    const socket = new WebSocket(url, 'towncrier.v1.json');
    const guest = new Guest(socket, name);
    await new Promise((done, fail) => {
      socket.on('error', fail);
      socket.on('message', (bytes) => {
        const x = JSON.parse(String(bytes));
        if (x.type !== 'welcome') return;
        guest.connection = x.data.connection_id;
        done();
      });
    });
    guest.timer = setInterval(() => guest.publish(), 200);
    guest.publish();
    return guest;
  }

  publish() {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    const data = { character_id: this.name, name: this.name, state: 'WALKING', location: this.name, x: Math.random() * 100, y: 1 };
    this.socket.send(JSON.stringify({ type: 'character_update', data }));
  }

  leave() {
    clearInterval(this.timer);
    this.socket.close();
  }
}
