/** Payloads: DTO classes become plans, which make instances of what clients send. */
export type { PayloadPlan } from './class-plan.js';
export { inspectAsynchronous } from './inspect/asynchronous.js';
export { describePayload } from './describe.js';
export type { PropertyFacts, RuleFacts } from './describe.js';
export { exceedsDepth } from './bounds.js';
export { constraintClasses, libraryConstraint } from './inspect/constraints.js';
export { textOfIssues } from './issue-texts.js';
export { inspectPayload } from './inspect/inspect.js';
export type { Inspection } from './inspect/inspect.js';
export type { PayloadProblem } from './inspect/problem.js';
export { Invalid, MAX_ISSUES, MAX_ISSUES_BYTES } from './invalid.js';
export type { Issue } from '../base/issue.js';
export { undirectedTransforms } from './inspect/two-ways.js';
export { payloadKeys, transformKeys, validatorKeys } from './payload-options.js';
export type { Class, ConstraintOf, MessageOf, PayloadOptions } from './payload-options.js';
export { Payloads, planArray, planOutgoing, planPayload } from './plan.js';

export { asCarried } from './wire.js';
export { fromTexts, readers as textReaders, textTypes } from './shape/texts.js';
