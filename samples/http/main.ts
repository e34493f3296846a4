import { fileURLToPath } from 'node:url';
import { createApp } from 'colloquy';
import { sampleAssets } from '../_shared/assets.js';
import { OrdersController } from './orders.controller.js';
import { orderRoutes } from './orders.routes.js';
import { Orders } from './orders.js';

const pages = sampleAssets(import.meta.url);
const app = await createApp({
  controllers: [OrdersController],
  static: fileURLToPath(new URL('./public', import.meta.url)),
  http: pages,
});
pages.use('/orders', orderRoutes(app.container.resolve(Orders)));
await app.listen(Number(process.env.PORT ?? 5000));
