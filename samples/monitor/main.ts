import { fileURLToPath } from 'node:url';
import { createApp } from 'colloquy';
import express from 'express';
import { folderOf, sampleAssets } from '../_shared/assets.js';
import { MonitorController } from './monitor.controller.js';

const echarts = `${folderOf(import.meta.resolve('echarts'))}/dist`;

const app = await createApp({
  controllers: [MonitorController],
  static: fileURLToPath(new URL('./public', import.meta.url)),
  http: sampleAssets(import.meta.url).use('/echarts', express.static(echarts)),
});
await app.listen(Number(process.env.PORT ?? 5000));
