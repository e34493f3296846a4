import { fileURLToPath } from 'node:url';
import { createApp } from 'colloquy';
import { sampleAssets } from '../_shared/assets.js';
import { broker } from './broker.js';
import { ClusterController } from './cluster.controller.js';

const app = await createApp({
  controllers: [ClusterController],
  adapter: broker,
  transports: ['websocket'],
  static: fileURLToPath(new URL('./public', import.meta.url)),
  // A load balancer asks this whether it may send clients here.
  http: sampleAssets(import.meta.url).get('/ready', (_request, response) => {
    const health = app.health();
    response.status(health.closing ? 503 : 200).json(health);
  }),
});
await app.listen(Number(process.env.PORT ?? 5000));
