export { chooseEngine } from './choose.js';
export type { Engine, EngineName, EngineOption } from './choose.js';
