/**
 * Joins the storages of two copies of class-transformer. Some bundlers (webpack by its defaults) take `class-transformer` from
 * one build of the package and a file inside of it from another: decorators then write to a storage that nobody reads here.
 */
import { Exclude, Expose, plainToInstance, Transform, Type } from 'class-transformer';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';

type Tables = Record<string, Map<unknown, unknown>>;

/** Makes the library write to each of its tables. */
const writers: Readonly<Record<string, (type: new () => object) => void>> = {
  _typeMetadatas: (type) => withReflection(() => Type(() => Object)(type.prototype as object, 'canary')),
  _transformMetadatas: (type) => Transform(({ value }) => value as unknown)(type.prototype as object, 'canary'),
  _exposeMetadatas: (type) => Expose()(type.prototype as object, 'canary'),
  _excludeMetadatas: (type) => Exclude()(type.prototype as object, 'canary'),
  _ancestorsMap: (type) => void plainToInstance(type, {}),
};

/** Has the storage that is read here hold the tables that the decorators write to. Returns whether they are the same. */
export function joinStorages(): boolean {
  const own = defaultMetadataStorage as unknown as Tables;
  class Canary {}
  for (const [name, write] of Object.entries(writers)) {
    const written = tableOf(Canary, write);
    if (written) own[name] = written;
  }
  const isJoined = Object.keys(writers).every((name) => own[name]!.has(Canary));
  for (const name of Object.keys(writers)) own[name]!.delete(Canary);
  return isJoined;
}

/** `@Type` asks for the design type, and reflect-metadata may be imported later than this. */
function withReflection(decorate: () => void): void {
  const reflect = Reflect as { getMetadata?: unknown };
  const isMissing = reflect.getMetadata === undefined;
  if (isMissing) reflect.getMetadata = () => undefined;
  try {
    decorate();
  } finally {
    if (isMissing) delete reflect.getMetadata;
  }
}

/** The table that gets an entry for a class. The library offers no way to ask for it, so the one that is written to is watched. */
function tableOf(type: new () => object, write: (type: new () => object) => void): Map<unknown, unknown> | undefined {
  // oxlint-disable-next-line typescript/unbound-method -- it is called on the map that the library writes to
  const { set } = Map.prototype;
  let written: Map<unknown, unknown> | undefined;
  // oxlint-disable-next-line no-extend-native -- for the time of one call, in which nothing else runs
  Map.prototype.set = function (this: Map<unknown, unknown>, key: unknown, value: unknown) {
    // oxlint-disable-next-line typescript/no-this-alias -- the map is what is looked for
    if (key === type) written = this;
    return set.call(this, key, value) as Map<unknown, unknown>;
  };
  try {
    write(type);
  } finally {
    // oxlint-disable-next-line no-extend-native
    Map.prototype.set = set;
  }
  return written;
}
