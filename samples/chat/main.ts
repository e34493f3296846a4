import { fileURLToPath } from 'node:url';
import { createApp } from 'colloquy';
import { sampleAssets } from '../_shared/assets.js';
import { ChatController, events } from './chat.controller.js';

const app = await createApp({
  controllers: [ChatController],
  emits: events,
  static: fileURLToPath(new URL('./public', import.meta.url)),
  docs: true,
  http: sampleAssets(import.meta.url),
});
await app.listen(Number(process.env.PORT ?? 5000));
