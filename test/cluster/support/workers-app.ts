/** A program that runs an application in two workers, and writes its port. */
import 'reflect-metadata';
import { createServer } from 'node:http';
import { createApp, Namespace } from '../../../src/index.js';
import { runWorkers } from '../../../src/cluster/workers/index.js';

@Namespace('/')
class Nothing {}

const workers = await runWorkers(
  async (worker) => {
    const app = await createApp({
      controllers: [Nothing],
      adapter: 'local:',
      transports: ['websocket'],
      http: (request, response) => {
        response.statusCode = request.url === '/ready' ? 200 : 404;
        response.end(request.url === '/ready' ? 'ready' : '');
      },
    });
    const http = createServer();
    app.attach(http);
    worker.serve(http);
    return () => app.close();
  },
  { port: 0, host: '127.0.0.1', workers: 2 },
);
if (workers) console.log(workers.port);
