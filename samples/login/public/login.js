import { io } from 'socket.io-client';
import { call } from 'colloquy/client';
import { explain } from '/shared/form.js';
import { createLog } from '/shared/log.js';
import { showStatus } from '/shared/status.js';

const find = (id) => document.getElementById(id);
const log = createLog(find('log'));

// WebSocket at once: a refusal in the middle of the change from long-polling leaves failed requests in the console.
const socket = io('/account', { transports: ['websocket', 'polling'] });
showStatus(socket, find('status'));
if (location.search === '?wrong') find('problem').textContent = 'That is not the name and the password of anybody.';

socket.on('welcome', ({ user, visits }) => {
  log.received('welcome', JSON.stringify({ user, visits }));
  find('user').textContent = user;
  find('visits').textContent = visits;
  showSignedIn(true);
});
socket.on('connect_error', ({ message, data }) => {
  if (data?.code === 'signed_out') log.notice(`not connected: ${message}`);
  else log.error(`connect_error ${JSON.stringify({ message, data })}`);
  showSignedIn(false);
});
socket.on('disconnect', (reason) => {
  log.notice(`disconnected: ${reason}`);
  if (reason === 'io server disconnect') showSignedIn(false);
});
find('whoami').addEventListener('click', () => void ask());

async function ask() {
  log.sent('whoami', '');
  try {
    log.received('acknowledgement', JSON.stringify(await call(socket, 'whoami')));
  } catch (error) {
    log.error(explain(error));
  }
}

function showSignedIn(isSignedIn) {
  find('login').hidden = isSignedIn;
  find('account').hidden = !isSignedIn;
}
