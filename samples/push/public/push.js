import { io } from 'socket.io-client';
import { showStatus } from '/shared/status.js';
import { watchNews } from './news.js';

const find = (id) => document.getElementById(id);
const MOST = 8;

/** The first pair measures; the others only are there, as more visitors would be. */
const naive = io('/naive');
const push = io('/push');
const visitors = [];
showStatus(push, find('status'));
watchNews(naive, find('naive'));
watchNews(push, find('push'));

find('add').addEventListener('click', () => {
  visitors.push(['/naive', '/push'].map((namespace) => io(namespace, { forceNew: true })));
  showVisitors();
});
find('remove').addEventListener('click', () => {
  for (const socket of visitors.pop()) socket.disconnect();
  showVisitors();
});

function showVisitors() {
  const count = visitors.length + 1;
  find('visitors').textContent = String(count);
  find('add').disabled = count === MOST;
  find('remove').disabled = count === 1;
}
