import { io } from 'socket.io-client';
import { call } from 'colloquy/client';
import { onSubmit } from '/shared/form.js';
import { createLog } from '/shared/log.js';
import { showStatus } from '/shared/status.js';

const find = (id) => document.getElementById(id);
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const log = createLog(find('log'));
const complain = (problem) => (find('problem').textContent = problem);

// WebSocket only: one connection stays at one node, so no balancer has to send requests to the right one.
const socket = io('/cluster', { transports: ['websocket'] });
showStatus(socket, find('status'));

socket.on('node', ({ node }) => {
  find('node').textContent = node;
  log.notice(`served by ${node}`);
});
socket.on('total', ({ total }) => (find('total').textContent = total));
socket.on('said', ({ text, node }) => log.received(node, text));
socket.on('news', ({ number, from }) => (find('news').textContent = `${number}, by ${from}`));
socket.on('tick', ({ node, time }) => {
  if (find('holder').textContent !== node) log.notice(`the clock is held by ${node}`);
  find('holder').textContent = node;
  find('time').textContent = clock.format(time);
});

onSubmit(
  find('say'),
  async (values) => {
    await call(socket, 'say', values);
    find('say').reset();
  },
  complain,
);
onSubmit(find('counter'), () => call(socket, 'add'), complain);

async function showNodes() {
  const counts = socket.connected ? await call(socket, 'nodes') : {};
  const chips = Object.entries(counts).map(([node, clients]) =>
    Object.assign(document.createElement('li'), { textContent: `${node}: ${clients}` }),
  );
  find('nodes').replaceChildren(...chips);
}
socket.on('connect', showNodes);
setInterval(() => void showNodes().catch(() => {}), 1000);
