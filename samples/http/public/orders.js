import { io } from 'socket.io-client';
import { call } from 'colloquy/client';
import { explain, onSubmit } from '/shared/form.js';
import { showStatus } from '/shared/status.js';

const find = (id) => document.getElementById(id);
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const socket = io('/orders');
showStatus(socket, find('status'));
find('curl').textContent =
  `curl -X POST ${location.origin}/orders \\\n  -H 'content-type: application/json' -d '{"dish":"Soup"}'`;

/** The guest: an ordinary request, no socket. */
onSubmit(
  find('order'),
  async ({ dish }) => {
    const response = await fetch('/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dish }),
    });
    const { id, message } = await response.json();
    if (!response.ok) throw message;
    find('order').reset();
    find('answer').textContent = `${response.status} ${response.statusText}: order ${id}`;
  },
  (problem) => {
    if (problem) find('answer').textContent = '';
    find('problem').textContent = problem;
  },
);

/** The kitchen: what the routes emit. */
socket.on('open', (orders) => find('orders').replaceChildren(...orders.map(makeOrder)));
socket.on('ordered', (order) => find('orders').append(makeOrder(order)));
socket.on('served', (id) => find(`order-${id}`)?.remove());

function makeOrder({ id, dish, ordered }) {
  const item = document.createElement('li');
  item.id = `order-${id}`;
  const text = document.createElement('span');
  const name = document.createElement('b');
  name.textContent = dish;
  const time = document.createElement('small');
  time.textContent = `order ${id}, ${clock.format(new Date(ordered))}`;
  text.append(name, time);
  const button = document.createElement('button');
  button.className = 'small';
  button.textContent = 'Served';
  button.ariaLabel = `${dish}, order ${id}: served`;
  button.addEventListener('click', () => void serve(id));
  item.append(text, button);
  return item;
}

async function serve(id) {
  find('kitchen-problem').textContent = await call(socket, 'serve', { id }).then(() => '', explain);
}
