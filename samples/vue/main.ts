import { fileURLToPath } from 'node:url';
import { createApp } from 'colloquy';
import express from 'express';
import { folderOf, sampleAssets } from '../_shared/assets.js';
import { ListController } from './list.controller.js';

const vue = folderOf(import.meta.resolve('vue/dist/vue.esm-browser.prod.js'));

const app = await createApp({
  controllers: [ListController],
  static: fileURLToPath(new URL('./public', import.meta.url)),
  http: sampleAssets(import.meta.url).use('/vue', express.static(vue)),
});
await app.listen(Number(process.env.PORT ?? 5000));
