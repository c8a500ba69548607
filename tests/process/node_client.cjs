// A viewer on Node's `ws` and `@msgpack/msgpack`, and nothing of ours. Prints, as JSON, what it was told.
//   node node_client.cjs URL json|msgpack CHARACTERS
// Ends when it knows CHARACTERS characters, with status 1 when the connection ends before.
'use strict';
const WebSocket = require('ws');
const { decode } = require('@msgpack/msgpack');

const [url, form, wanted] = process.argv.slice(2);
const socket = new WebSocket(url, form === 'msgpack' ? ['towncrier.v1.msgpack'] : []);
const types = [];
const states = {};

socket.on('message', (bytes, isBinary) => {
  if (isBinary !== (form === 'msgpack')) throw new Error(`a ${isBinary ? 'binary' : 'text'} frame came in ${form}`);
  const message = isBinary ? decode(bytes) : JSON.parse(bytes.toString());
  types.push(message.type);
  for (const { type, data } of message.type === 'batch' ? message.data : [message])
    if (type === 'character_update' || type === 'state_change')
      states[data.character_id] = data.state ?? data.new_state;
  if (Object.keys(states).length >= Number(wanted)) socket.close(1000, 'seen enough');
});
socket.on('error', (error) => {
  console.error(String(error));
  process.exit(1);
});
socket.on('close', (code) => {
  console.log(JSON.stringify({ code, subprotocol: socket.protocol, extensions: socket.extensions, types, states }));
  process.exitCode = Object.keys(states).length >= Number(wanted) ? 0 : 1;
});
