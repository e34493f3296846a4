import { io } from 'socket.io-client';
import { call } from 'colloquy/client';
import { onSubmit } from '/shared/form.js';
import { showStatus } from '/shared/status.js';
import { createTalk } from '/shared/talk.js';

const find = (id) => document.getElementById(id);
const socket = io('/private');
const talk = createTalk(find('talk'));
showStatus(socket, find('status'));
let current;

onSubmit(find('join'), ({ code }) => open(code.trim()), showProblem);
onSubmit(
  find('say'),
  async ({ text }) => {
    const { heardBy } = await call(socket, 'say', { code: current, text });
    talk.add({ text, own: true });
    if (heardBy === 0) talk.add({ notice: 'Nobody else is here yet: nobody heard that' });
    find('say').reset();
  },
  showProblem,
);
find('leave').addEventListener('click', () => void leave().catch((error) => showProblem(String(error))));

socket.on('said', ({ code, text }) => code === current && talk.add({ text, name: 'The other' }));
socket.on('arrived', (code) => code === current && talk.add({ notice: 'The other has come' }));
socket.on('gone', (code) => code === current && talk.add({ notice: 'The other has gone' }));
socket.on('connect', () => current && void open(current));
socket.on('disconnect', () => showRooms([]));

async function open(code) {
  if (current && current !== code) await call(socket, 'leave', { code: current });
  const { conversations, others } = await call(socket, 'join', { code });
  if (current !== code) talk.show([]);
  current = code;
  talk.add({ notice: others ? 'You are both here' : `You are alone. Tell somebody the code: ${code}` });
  showRooms(conversations);
  find('text').focus();
}

async function leave() {
  const { conversations } = await call(socket, 'leave', { code: current });
  current = undefined;
  talk.show([]);
  showRooms(conversations);
}

function showRooms(conversations) {
  find('conversations').replaceChildren(
    ...conversations.map((code) => Object.assign(document.createElement('li'), { textContent: code })),
  );
  find('conversation').hidden = conversations.length === 0;
}

function showProblem(problem) {
  find('problem').textContent = problem;
}
