/** The contract of an application and its views: types, AsyncAPI, and the difference of two. */
export type * from './contract.js';
export { contractOf } from './contract-of.js';
export { writeTypes } from './types/write-types.js';
export type { ImportedClass, TypesOptions } from './types/write-types.js';
export { asyncapiOf } from './asyncapi.js';
export type { AsyncapiOptions } from './asyncapi.js';
export { diffContracts } from './diff/diff.js';
export { formatChanges } from './diff/changes.js';
export type { Change } from './diff/changes.js';
