/** What an editor offers at a place of a client's program: asked of TypeScript's language service. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface Snapshot {
  readonly text: string;
}

/** The parts of a compiler with an API, 5 or 6, that are used here. */
interface Compiler {
  readonly ScriptSnapshot: { fromString(text: string): Snapshot };
  readonly sys: {
    fileExists(path: string): boolean;
    readFile(path: string): string | undefined;
    readDirectory(path: string): string[];
    directoryExists(path: string): boolean;
    getDirectories(path: string): string[];
  };
  getDefaultLibFilePath(options: object): string;
  parseJsonConfigFileContent(config: object, host: object, folder: string): { readonly options: object };
  createLanguageService(host: object): {
    getCompletionsAtPosition(
      file: string,
      position: number,
      options: object,
    ): { readonly entries: readonly { readonly name: string }[] } | undefined;
  };
}

/**
 * Returns the names that are offered at the `|` of each line, which stands behind the head.
 * @param folder has `node_modules` with the compiler
 * @param project has the other files of the program
 */
export function completions(
  folder: string,
  compiler: string,
  project: string,
  compilerOptions: object,
  head: string,
  lines: readonly string[],
): string[][] {
  const ts = createRequire(join(folder, 'x.js'))(compiler) as Compiler;
  const { options } = ts.parseJsonConfigFileContent({ compilerOptions, files: [] }, ts.sys, project);
  const file = join(project, 'editor.ts');
  let text = '';
  let version = 0;
  const read = (path: string): string | undefined => (path === file ? text : ts.sys.readFile(path));
  const service = ts.createLanguageService({
    readDirectory: (path: string) => ts.sys.readDirectory(path),
    directoryExists: (path: string) => ts.sys.directoryExists(path),
    getDirectories: (path: string) => ts.sys.getDirectories(path),
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: (path: string) => (path === file ? String(version) : '0'),
    getScriptSnapshot: (path: string) => {
      const found = read(path);
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found);
    },
    getCurrentDirectory: () => project,
    getDefaultLibFileName: (given: object) => ts.getDefaultLibFilePath(given),
    fileExists: (path: string) => path === file || ts.sys.fileExists(path),
    readFile: read,
  });
  return lines.map((line) => {
    text = head + line.replace('|', '');
    version++;
    const found = service.getCompletionsAtPosition(file, head.length + line.indexOf('|'), {});
    return (found?.entries ?? []).map(({ name }) => name).toSorted();
  });
}
