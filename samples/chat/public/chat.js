import { io } from 'socket.io-client';
import { call } from 'colloquy/client';
import { onSubmit } from '/shared/form.js';
import { suggestedName } from '/shared/second.js';
import { showStatus } from '/shared/status.js';
import { createTalk } from '/shared/talk.js';

const find = (id) => document.getElementById(id);
const socket = io('/chat', { autoConnect: false, auth: (give) => give({ name: find('name').value.trim() }) });
const talk = createTalk(find('talk'));
showStatus(socket, find('status'));

find('name').value = suggestedName;

/** The rooms that this page is in: what was said there, who is there, and how much of it was not seen yet. */
const rooms = new Map();
let shown;

onSubmit(find('enter'), () => void socket.connect(), showProblem);
onSubmit(find('join'), ({ room }) => join(room.trim()), showProblem);
onSubmit(
  find('say'),
  async ({ text }) => {
    await call(socket, 'say', { room: shown, text });
    find('say').reset();
  },
  showProblem,
);

socket.on('connect', () => {
  showProblem('');
  for (const room of rooms.keys()) void call(socket, 'join', { room });
  find('room').focus();
});
socket.on('connect_error', ({ message, data }) =>
  showProblem([message, ...(data?.issues ?? []).map((issue) => issue.message)].join(' ')),
);
socket.on('said', ({ room, name, text }) => add(room, { name, text, own: name === find('name').value.trim() }));
socket.on('entered', ({ room, name, present }) => add(room, { notice: `${name} has entered the room` }, present));
socket.on('left', ({ room, name, present }) => add(room, { notice: `${name} has left the room` }, present));

async function join(room) {
  if (!rooms.has(room)) {
    rooms.set(room, { entries: [], present: [], unread: 0 });
    await call(socket, 'join', { room }).catch((error) => {
      rooms.delete(room);
      throw error;
    });
  }
  find('join').reset();
  show(room);
}

async function leave(room) {
  await call(socket, 'leave', { room });
  rooms.delete(room);
  show(shown === room ? rooms.keys().next().value : shown);
}

function add(name, entry, present) {
  const room = rooms.get(name);
  if (!room) return;
  room.entries.push(entry);
  if (present) room.present = present;
  if (name === shown) talk.add(entry);
  else room.unread++;
  draw();
}

function show(name) {
  shown = name;
  const room = rooms.get(name);
  if (room) room.unread = 0;
  talk.show(room?.entries ?? []);
  find('room-title').textContent = name ?? 'No room yet';
  find('say').hidden = name === undefined;
  draw();
  if (room) find('text').focus();
}

function draw() {
  find('rooms').replaceChildren(...[...rooms].map(([name, { unread }]) => makeTab(name, unread)));
  const present = rooms.get(shown)?.present ?? [];
  find('present').replaceChildren(...present.map((name) => make('li', name)));
}

function makeTab(name, unread) {
  const open = make('button', unread ? `${name} (${unread} new)` : name, 'grow');
  open.ariaCurrent = String(name === shown);
  open.addEventListener('click', () => show(name));
  const close = make('button', 'Leave', 'quiet small');
  close.ariaLabel = `Leave ${name}`;
  close.addEventListener('click', () => void leave(name).catch((error) => showProblem(String(error))));
  const tab = make('li', '', 'row');
  tab.append(open, close);
  return tab;
}

function make(tag, textContent, className = '') {
  return Object.assign(document.createElement(tag), { textContent, className });
}

function showProblem(problem) {
  find('problem').textContent = problem;
}
