import { io } from 'socket.io-client';
import { showStatus } from '/shared/status.js';
import { createChart } from './chart.js';

const find = (id) => document.getElementById(id);
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const POINTS = 10;
const chart = createChart(find('chart'));
const measurements = [];

const socket = io('/monitor');
showStatus(socket, find('status'));

socket.on('load', ({ number, time, cores }) => {
  measurements.push({ time: clock.format(time), cores });
  if (measurements.length > POINTS) measurements.shift();
  chart.show(measurements);
  find('number').textContent = number;
  find('time').textContent = clock.format(time);
  find('points').textContent = measurements.length;
  find('cores').replaceChildren(...cores.map(makeFigure));
});

function makeFigure(load, index) {
  const figure = document.createElement('div');
  figure.append(
    Object.assign(document.createElement('dt'), { textContent: `Core ${index + 1}` }),
    Object.assign(document.createElement('dd'), { textContent: `${Math.round(load)} %` }),
  );
  return figure;
}
