/** What colloquy/client adds to a page. */
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { test } from 'node:test';
import { build, type Metafile } from 'esbuild';
import { root } from '../repo/sources.js';

interface Bundle {
  /** Bytes, as they are sent. */
  readonly size: number;
  readonly metafile: Metafile;
}

async function bundle(contents: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
  });
  return { size: gzipSync(outputFiles[0]!.contents, { level: 9 }).length, metafile };
}

const PLAIN = `import { io } from 'socket.io-client'; window.chat = io('/chat');`;
const TYPED = `import { io } from 'socket.io-client'; import { connect } from './dist/client/index.js'; window.chat = connect(io('/chat'));`;

test('colloquy/client adds less than 2 KB to a page with socket.io-client, and nothing of the server', async (t) => {
  const [before, after] = await Promise.all([bundle(PLAIN), bundle(TYPED)]);
  const inputs = Object.keys(after.metafile.inputs).filter((file) => !(file in before.metafile.inputs));
  assert.deepEqual(
    inputs.filter((file) => !file.startsWith('dist/client/') && file !== '<stdin>'),
    [],
  );
  const added = after.size - before.size;
  t.diagnostic(`${added} bytes beside ${before.size}`);
  assert.ok(added > 0 && added < 2048, `${added} bytes`);
});
