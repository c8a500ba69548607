// A node to develop against: serves dist/ as a node does, and plays a synthetic town over its WebSocket.
//   node e2e/mock_node.mjs [--port 8799] [--population 200] [--hz 5] [--bare]
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';
import { makeTown } from './mock_town.mjs';

const DIST = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:";
const KINDS = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };
const HISTORY = 600;

function serveFile(path, response) {
  const file = join(DIST, normalize(path === '/' ? '/index.html' : path));
  const found = file.startsWith(DIST) && existsSync(file);
  response.writeHead(found ? 200 : 404, { 'content-type': KINDS[extname(file)] ?? 'text/plain', 'content-security-policy': CSP });
  response.end(found ? readFileSync(file) : 'not found');
}

/**
 * Starts a mock node. `hz`: updates a second for each character on the way. `bare`: says nothing of its
 * places and streets. `schematic`: leaves out all coordinates. `town`: another one than the synthetic. `instead(x, send)` is
 * asked first about each message that a client says, and returns whether it has dealt with it.
 * Returns {url, town, rest, close, stop}: `rest(true)` lets nothing happen in the town, `close` ends all connections.
 */
export async function startMock({ port = 0, population = 200, hz = 5, bare = false, schematic = false, seed = 7, instead = () => false, town = makeTown({ population, seed }) } = {}) {
  const history = [];
  let sequence = 0;
  const http = createServer((request, response) => {
    const path = new URL(request.url, 'http://mock').pathname;
    if (path !== '/api/town.json') return serveFile(path, response);
    response.writeHead(bare || schematic ? 404 : 200, { 'content-type': 'application/json' });
    return response.end(JSON.stringify(bare || schematic ? {} : town.description));
  });
  const sockets = new WebSocketServer({ server: http, path: '/ws', handleProtocols: (offered) => offered.has('towncrier.v1.json') && 'towncrier.v1.json' });
  const stamp = () => Date.now() / 1000;
  const position = () => `mock:1:${sequence.toString(36)}`;
  const strip = (x) => (schematic ? { ...x, data: { ...x.data, x: undefined, y: undefined } } : x);
  const pack = (messages, at = position()) => JSON.stringify({ type: 'batch', data: messages.map(strip), timestamp: stamp(), position: at });

  /** What was missed since `at`, or a snapshot; the first says whether it is the former. */
  const since = (at) => {
    const from = Number.parseInt(String(at).split(':')[2] ?? '', 36);
    const reaches = history.length > 0 && from >= history[0].sequence - 1;
    return [reaches, reaches ? history.filter((x) => x.sequence > from).map((x) => x.bytes) : [pack(town.snapshot())]];
  };

  sockets.on('connection', (socket, request) => {
    const asked = new URL(request.url, 'http://mock').searchParams.get('position');
    const [resumed, missed] = asked ? since(asked) : [false, []];
    const send = (type, data, id) => socket.send(JSON.stringify({ type, data, timestamp: stamp(), id }));
    send('welcome', { connection_id: 'c', node: 'mock', server: 'mock/1', protocol: 1, heartbeat_interval: 4, position: asked ?? position(), resumed });
    for (const bytes of missed) socket.send(bytes);
    const answers = {
      heartbeat: (x) => send('heartbeat', { position: position() }, x.id),
      subscribe: (x) => {
        if (x.data.snapshot) socket.send(pack(town.snapshot()));
        send('subscribed', { channels: ['world'] }, x.id);
      },
      resume: (x) => {
        const [reaches, rest] = since(x.data.position);
        send('result', { id: x.id, ok: true, data: { resumed: reaches } }, x.id);
        for (const bytes of rest) socket.send(bytes);
      },
    };
    socket.on('message', (bytes) => {
      const x = JSON.parse(String(bytes));
      if (instead(x, send)) return;
      if (answers[x.type]) answers[x.type](x);
      else send('error', { code: 1001, message: `unknown type ${x.type}` }, x.id);
    });
  });

  let resting = false;
  const timer = setInterval(() => {
    if (resting) return;
    const changes = town.step(1 / hz);
    if (!changes.length) return;
    sequence += 1;
    const bytes = pack(changes);
    history.push({ sequence, bytes });
    if (history.length > HISTORY) history.shift();
    for (const socket of sockets.clients) if (socket.readyState === 1) socket.send(bytes);
  }, 1000 / hz);

  await new Promise((done) => http.listen(port, '127.0.0.1', done));
  const stop = async () => {
    clearInterval(timer);
    for (const socket of sockets.clients) socket.terminate();
    http.closeAllConnections();
    await new Promise((done) => http.close(done));
  };
  return {
    url: `http://127.0.0.1:${http.address().port}/`,
    town,
    rest: (on) => (resting = on),
    close: (code, reason) => sockets.clients.forEach((x) => x.close(code, reason)),
    stop,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '8799' }, population: { type: 'string', default: '200' }, hz: { type: 'string', default: '5' }, bare: { type: 'boolean' }, schematic: { type: 'boolean' } } });
  const mock = await startMock({ port: Number(values.port), population: Number(values.population), hz: Number(values.hz), bare: values.bare, schematic: values.schematic });
  console.log(`mock node on ${mock.url}`);
}
