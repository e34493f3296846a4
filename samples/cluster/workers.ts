/** The same servers on all cores of one machine, on one port and with one command. */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createApp } from 'colloquy';
import { runWorkers } from 'colloquy/workers';
import express from 'express';
import { sampleAssets } from '../_shared/assets.js';
import { ClusterController } from './cluster.controller.js';

const workers = await runWorkers(
  async (worker) => {
    const app = await createApp({
      controllers: [ClusterController],
      adapter: 'local:',
      transports: ['websocket'],
      printTable: worker.place === 0,
    });
    const pages = sampleAssets(import.meta.url).use(
      express.static(fileURLToPath(new URL('./public', import.meta.url))),
    );
    const http = createServer(pages);
    app.attach(http);
    worker.serve(http);
    return () => app.close();
  },
  { port: Number(process.env.PORT ?? 5000) },
);
if (workers) {
  const msg = `listening on http://localhost:${workers.port}`;
  console.log(JSON.stringify({ level: 30, msg, workers: workers.pids }));
}
