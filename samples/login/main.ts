import { fileURLToPath } from 'node:url';
import { createApp } from 'colloquy';
import { sampleAssets } from '../_shared/assets.js';
import { AccountController } from './account.controller.js';
import { loginRoutes } from './login.routes.js';
import { sessions } from './sessions.js';

const pages = sampleAssets(import.meta.url);
const app = await createApp({
  controllers: [AccountController],
  static: fileURLToPath(new URL('./public', import.meta.url)),
  docs: true,
  http: pages,
  session: { middleware: sessions, mode: 'live' },
});
pages.use(loginRoutes(app.io.of('/account')));
await app.listen(Number(process.env.PORT ?? 5000));
