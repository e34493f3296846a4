// @ts-ignore the server serves the client of Socket.IO
import { io } from '/socket.io/socket.io.esm.min.js';

const socket = io();
const form = /** @type {HTMLFormElement} */ (document.getElementById('greet'));
const answer = /** @type {HTMLElement} */ (document.getElementById('answer'));

socket.on('connect', () => (answer.textContent = 'Connected.'));
socket.on('disconnect', () => (answer.textContent = 'Disconnected, trying again …'));

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void greet();
});

async function greet() {
  const name = new FormData(form).get('name');
  const { text, error } = await socket.emitWithAck('greet', { name });
  answer.textContent = error ? [error, ...(error.issues ?? [])].map(({ message }) => message).join(' ') : text;
}
