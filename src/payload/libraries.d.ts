/**
 * The inner entries of class-validator and class-transformer that this folder reads. Both packages keep their types
 * in another folder than their code, so each entry is told here where its types are.
 */
declare module 'class-validator/cjs/validation/ValidationExecutor.js' {
  export { ValidationExecutor } from 'class-validator/types/validation/ValidationExecutor.js';
}

declare module 'class-transformer/cjs/storage.js' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage.js';
}
