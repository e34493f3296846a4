import { io } from 'socket.io-client';
import { call } from 'colloquy/client';
import { explain, onSubmit } from '/shared/form.js';
import { createLog } from '/shared/log.js';
import { showStatus } from '/shared/status.js';

const find = (id) => document.getElementById(id);
const log = createLog(find('log'));
const socket = io('/test');
showStatus(socket, find('status'));

socket.on('connect', () => {
  log.notice('connected');
  find('id').textContent = socket.id;
  toggleButtons();
});
socket.on('disconnect', (reason) => {
  log.notice(`disconnected: ${reason}`);
  find('id').textContent = find('latency').textContent = '–';
  showRooms([]);
  toggleButtons();
});
socket.on('connect_error', (error) => log.error(error.message));
socket.on('my_response', ({ data, count, rooms }) => {
  log.received('my_response', `#${count}: ${data}`);
  find('count').textContent = count;
  if (rooms) showRooms(rooms);
});

const complain = (problem) => problem && log.error(problem);
onSubmit(find('message'), ({ data }, event) => send(event, { data }), complain);
onSubmit(find('rooms'), ({ room }, event) => send(event, { room }), complain);
onSubmit(find('room-message'), ({ data }, event) => send(event, { room: find('room').value, data }), complain);
find('disconnect').addEventListener('click', () => socket.emit('disconnect_request'));
find('connect').addEventListener('click', () => socket.connect());
find('clear').addEventListener('click', () => log.clear());

/** Every event is a call: the server says when it is done, and what was wrong with it. */
function send(event, payload) {
  log.sent(event, JSON.stringify(payload));
  return call(socket, event, payload);
}

function showRooms(rooms) {
  find('joined').replaceChildren(
    ...rooms.map((room) => Object.assign(document.createElement('li'), { textContent: room })),
  );
}

function toggleButtons() {
  find('disconnect').hidden = !socket.connected;
  find('connect').hidden = socket.connected;
}

const trips = [];
setInterval(() => {
  if (socket.connected) ping().catch((error) => log.error(explain(error)));
}, 1000);

/** Shows the mean of the last thirty round trips. */
async function ping() {
  const start = performance.now();
  await call(socket.timeout(5000), 'my_ping');
  trips.push(performance.now() - start);
  if (trips.length > 30) trips.shift();
  const mean = trips.reduce((sum, trip) => sum + trip, 0) / trips.length;
  find('latency').textContent = `${mean.toFixed(1)} ms`;
}
