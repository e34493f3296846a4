export { exceedsDepth } from './depth.js';
export { inspectPayload } from './inspect.js';
export type { PayloadProblem } from './inspect.js';
export { Invalid, MAX_ISSUES, MAX_ISSUES_BYTES } from './invalid.js';
export type { Issue } from './invalid.js';
export type { Class, PayloadOptions } from './options.js';
export { payloadPlanner, planArray, planPayload } from './plan.js';
export type { PayloadPlan } from './plan.js';
