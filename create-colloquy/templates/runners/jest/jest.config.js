// Colloquy reads the types of parameters, so the compiler of the tests must write them too.
const transform = { legacyDecorator: true, decoratorMetadata: true };
const parser = { syntax: 'typescript', decorators: true };

export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  setupFiles: ['reflect-metadata'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { parser, transform, target: 'es2022' } }] },
};
