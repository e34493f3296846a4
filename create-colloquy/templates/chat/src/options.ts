import type { AppOptions } from 'colloquy';
import { ChatController } from './chat.controller.js';
import { events } from './events.js';

/** What the program and its tests share. */
export const options = { controllers: [ChatController], emits: events } satisfies AppOptions;
