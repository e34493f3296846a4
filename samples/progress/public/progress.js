import { io } from 'socket.io-client';
import { call } from 'colloquy/client';
import { explain } from '/shared/form.js';
import { createLog } from '/shared/log.js';
import { showStatus } from '/shared/status.js';

const find = (id) => document.getElementById(id);
const number = new Intl.NumberFormat('en');
const log = createLog(find('log'));
const socket = io('/jobs');
showStatus(socket, find('status'));

socket.on('connect', () => log.notice('connected'));
socket.on('disconnect', (reason) => {
  log.notice(`disconnected: ${reason}; the server stops the job`);
  setRunning(false);
});
socket.on('progress', ({ percent }) => {
  find('bar').value = percent;
  find('percent').textContent = `${percent} %`;
  if (percent % 10 === 0) log.received('progress', `${percent} %`);
});

socket.on('running', (jobs) => (find('running').textContent = jobs));

find('job').addEventListener('submit', (event) => {
  event.preventDefault();
  run(Number(find('limit').value)).catch((error) => log.error(explain(error)));
});
find('cancel').addEventListener('click', () => {
  log.sent('cancel', '');
  socket.emit('cancel');
});

/** One call: its answer comes when the job is done, and `progress` events come meanwhile. */
async function run(limit) {
  setRunning(true);
  log.sent('start', JSON.stringify({ limit }));
  try {
    const { primes, seconds } = await call(socket, 'start', { limit });
    const result = `${number.format(primes)} primes below ${number.format(limit)}`;
    log.received('acknowledgement', `${result}, after ${seconds.toFixed(1)} s`);
    find('result').textContent = result;
  } catch (error) {
    find('result').textContent = explain(error);
    throw error;
  } finally {
    setRunning(false);
  }
}

function setRunning(running) {
  find('start').disabled = running;
  find('cancel').disabled = !running;
  if (!running) return;
  find('bar').value = 0;
  find('percent').textContent = '0 %';
  find('result').textContent = 'Counting …';
}
