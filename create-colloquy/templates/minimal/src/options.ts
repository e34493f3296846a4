import type { AppOptions } from 'colloquy';
import { GreetController } from './greet.controller.js';

/** What the program and its tests share. */
export const options = { controllers: [GreetController] } satisfies AppOptions;
