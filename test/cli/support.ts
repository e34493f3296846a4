/** Programs of a user, in folders of their own, and the command run on them. */
import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { runCommand } from '../../src/cli/main.js';
import { root } from '../repo/sources.js';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Project {
  readonly folder: string;
  /** Runs `colloquy` with these words in the folder. */
  readonly colloquy: (...words: readonly string[]) => Promise<Ran>;
  /** Starts `colloquy` with these words in a process of its own, which is over before the folder is removed. */
  readonly start: (words: readonly string[], env?: NodeJS.ProcessEnv) => ChildProcessWithoutNullStreams;
}

/** Writes a program; its `colloquy` is this repository's, and what that depends on is found above. */
export function project(t: TestContext, files: Readonly<Record<string, string>>): Project {
  const folder = mkdtempSync(join(root, '.build', 'cli-'));
  const children: ChildProcess[] = [];
  t.after(async () => {
    // In order, or a program would outlive the `dev` that runs it.
    for (const child of children) await stop(child);
    rmSync(folder, { recursive: true, force: true });
  });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'colloquy'));
  writeFiles(folder, { 'package.json': '{ "name": "chatter", "version": "2.3.4", "type": "module" }', ...files });
  const start: Project['start'] = (words, env) => {
    const child = spawn(process.execPath, [join(root, 'bin/colloquy.js'), ...words], {
      cwd: folder,
      env: { ...process.env, ...env },
    });
    children.push(child);
    return child;
  };
  return { folder, colloquy: (...words) => colloquy(folder, words), start };
}

/** Asks a process to end, and waits for that; one that does not obey is killed. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await end;
  clearTimeout(timer);
}

/** Writes files below a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Runs the command in this process; the program that it looks at has one of its own. */
async function colloquy(cwd: string, words: readonly string[]): Promise<Ran> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const code = await runCommand(words, {
    cwd,
    print: (text) => void stdout.push(text),
    remark: (text) => void stderr.push(text),
  });
  return { code, stdout: stdout.join('\n'), stderr: stderr.join('\n') };
}

/** A program in JavaScript with the events that are named. */
export function program(...events: readonly string[]): string {
  return `import { createApp } from 'colloquy';
const app = await createApp({ controllers: [] });
${events.map((event) => `app.on('/chat', '${event}', (context, text) => text, { payload: [String] });`).join('\n')}
await app.listen(5000);
`;
}

/** A program in TypeScript with a controller in a file of its own. */
export const typed = {
  'tsconfig.json': `{
  // as the README has it
  "compilerOptions": { "target": "ES2022", "module": "nodenext", "experimentalDecorators": true, "emitDecoratorMetadata": true, },
}`,
  'src/chat.controller.ts': `import { Namespace, On } from 'colloquy';
import { IsString } from 'class-validator';
export class Said { @IsString() text!: string; }
export class Say { @IsString() text!: string; }
@Namespace('/chat')
export class ChatController {
  @On('say', { returns: Said, throws: ['room_full'] }) say(message: Say): Said { return { text: message.text }; }
}
`,
  'src/main.ts': `import { createApp } from 'colloquy';
import { ChatController, Said } from './chat.controller.js';
console.log('{"not":"for the result"}');
const app = await createApp({ controllers: [ChatController], emits: { said: Said } });
await app.listen(5000);
setInterval(() => {}, 1000);
`,
} as const;
