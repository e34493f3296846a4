/** The WebSocket engines: which one is used, and how frames are read and written. */
export { chooseEngine } from './choose.js';
export type { Engine, EngineName, EngineOption } from './choose.js';
