/** Copies a template, and makes it the user's. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runners, type Runner, type Template } from './choices.js';
import type { Target } from './target.js';

const templates = join(import.meta.dirname, '..', 'templates');

/** The name of the program in the templates' files. */
const PLACEHOLDER = 'my-app';

/** Writes the files of a program: those of all, of its template, and of its test runner. */
export function writeProgram({ folder, name }: Target, template: Template, runner: Runner): void {
  const layers = ['shared', template, `runners/${runner}`].map((layer) => join(templates, layer));
  mkdirSync(folder, { recursive: true });
  for (const layer of layers) cpSync(layer, folder, { recursive: true });
  rmSync(join(folder, '_package.json'));
  // npm leaves `.gitignore` out of packages.
  renameSync(join(folder, '_gitignore'), join(folder, '.gitignore'));
  writeFileSync(join(folder, 'package.json'), manifest(layers, name));
  for (const file of ['README.md', 'public/index.html']) edit(join(folder, file), PLACEHOLDER, name);
  for (const file of readdirSync(join(folder, 'test'))) {
    edit(join(folder, 'test', file), `from '${runners.node}'`, `from '${runners[runner]}'`);
  }
}

function edit(file: string, from: string, to: string): void {
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replaceAll(from, () => to),
  );
}

type Manifest = Record<string, unknown>;

/** The parts of package.json of all layers; the later ones win. */
function manifest(layers: readonly string[], name: string): string {
  const parts = layers
    .map((layer) => join(layer, '_package.json'))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Manifest);
  return `${JSON.stringify({ ...parts.reduce(merge), name }, undefined, 2)}\n`;
}

function merge(base: Manifest, layer: Manifest): Manifest {
  const merged = { ...base };
  for (const [key, value] of Object.entries(layer)) {
    const both = isObject(base[key]) && isObject(value);
    merged[key] = both ? { ...(base[key] as object), ...(value as object) } : value;
  }
  return merged;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
