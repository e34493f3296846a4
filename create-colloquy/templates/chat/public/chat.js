// @ts-check
/** The page: a client of `/chat` whose calls and events are typed by src/contract.ts, without a build step. */
import { io } from 'socket.io-client';
import { CallError, connect } from 'colloquy/client';

/** @typedef {import('../src/contract.js').Contract['/chat']} Chat */
/** @typedef {{ name: string, text: string }} Line */

const enter = /** @type {HTMLFormElement} */ (document.querySelector('#enter'));
const say = /** @type {HTMLFormElement} */ (document.querySelector('#say'));
const status = /** @type {HTMLElement} */ (document.querySelector('#status'));
const people = /** @type {HTMLElement} */ (document.querySelector('#people'));
const lines = /** @type {HTMLElement} */ (document.querySelector('#lines'));

const socket = io('/chat', { autoConnect: false, auth: (give) => give({ name: valueOf(enter, 'name') }) });
/** @type {import('colloquy/client').Client<Chat>} */
const chat = connect(socket);

chat.on('said', show);
chat.on('people', ({ names }) => people.replaceChildren(...names.map((name) => make('li', name))));

socket.on('connect', () => void join());
socket.on('disconnect', () => (status.textContent = 'Disconnected, trying again …'));
socket.on('connect_error', (error) => (status.textContent = error.message));

enter.addEventListener('submit', (event) => {
  event.preventDefault();
  socket.connect();
});

say.addEventListener('submit', (event) => {
  event.preventDefault();
  void send();
});

async function join() {
  enter.hidden = true;
  say.hidden = false;
  say.querySelector('input')?.focus();
  status.textContent = `You are ${valueOf(enter, 'name')}.`;
  lines.replaceChildren();
  for (const line of await chat.call('join')) show(line);
}

async function send() {
  try {
    await chat.call('say', { text: valueOf(say, 'text') });
    say.reset();
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    const issues = (error.issues ?? []).map(({ message }) => message);
    status.textContent = [error.message, ...issues].join(' ');
  }
}

/** @param {Line} line */
function show({ name, text }) {
  const item = make('li', text);
  item.prepend(make('b', name));
  lines.append(item);
  lines.scrollTop = lines.scrollHeight;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} field
 */
function valueOf(form, field) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(field)).value.trim();
}

/**
 * @param {string} tag
 * @param {string} textContent
 */
function make(tag, textContent) {
  return Object.assign(document.createElement(tag), { textContent });
}
