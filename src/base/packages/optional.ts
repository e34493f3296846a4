/** Loads packages that only some users install. */

/**
 * Imports an optional package. Its name is a variable, so that a bundler leaves it to the program: one that is not installed does
 * not break the bundle, and one that is, is found in `node_modules` at run time.
 */
export function importOptional<Package>(name: string): Promise<Package> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ name) as Promise<Package>;
}

/** The file from which optional packages are looked up: a bundle of the format `cjs` has no address of its own. */
export function lookupBase(own: string | undefined): string {
  return own ?? `${process.cwd()}/`;
}
