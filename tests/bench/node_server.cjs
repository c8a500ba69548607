// The same on Node's `ws`: every message of a client goes to all others. Prints its port.
'use strict';
const { WebSocketServer, WebSocket } = require('ws');

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, backlog: 4096 });
server.on('listening', () => console.log(server.address().port));
server.on('connection', (from) => {
  from.on('message', (bytes, isBinary) => {
    for (const to of server.clients)
      if (to !== from && to.readyState === WebSocket.OPEN) to.send(bytes, { binary: isBinary });
  });
});
