/** What one client hears. */
import { createLog } from '/shared/log.js';

const PERIOD = 2000;

/** Shows each piece of news in a card, and how many came within the last period. */
export function watchNews(socket, card) {
  const find = (name) => card.querySelector(`[data-${name}]`);
  const log = createLog(card.querySelector('.log'), 100);
  let times = [];
  socket.on('news', ({ number, loops, clients }) => {
    times.push(performance.now());
    find('loops').textContent = loops;
    find('clients').textContent = clients;
    log.received('news', `#${number}`);
  });
  setInterval(() => {
    const since = performance.now() - PERIOD;
    times = times.filter((time) => time > since);
    find('rate').textContent = times.length;
  }, 250);
}
