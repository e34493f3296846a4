import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Server } from 'socket.io';
import { chooseEngine, type EngineOption } from '../../../src/server/engine/index.js';

/** Runs the test with a folder in which a package called eiows has this source, or none. */
function withEiows(source: string | undefined, test: (from: URL) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  try {
    if (source !== undefined) {
      mkdirSync(join(folder, 'node_modules/eiows'), { recursive: true });
      writeFileSync(join(folder, 'node_modules/eiows/index.js'), source);
    }
    test(pathToFileURL(`${folder}/`));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SOUND = 'exports.Server = class Server {};';
const BROKEN = "throw new Error('no binary for this Node.js');";

describe('the choice of an engine', { timeout: 30_000 }, () => {
  it('is one write per turn where eiows is not installed', () => {
    withEiows(undefined, (from) => {
      const { name, reason, serverOptions } = chooseEngine('auto', from);
      assert.deepEqual(
        { name, reason, serverOptions },
        { name: 'corked', reason: 'eiows is not installed', serverOptions: {} },
      );
    });
  });

  it('is eiows where it is installed, and hands its Server to Engine.IO', () => {
    withEiows(SOUND, (from) => {
      const engine = chooseEngine('auto', from);
      assert.equal(engine.name, 'eiows');
      assert.equal(engine.reason, 'eiows is installed');
      const { wsEngine } = engine.serverOptions as { wsEngine: { name: string } };
      assert.equal(wsEngine.name, 'Server');
    });
  });

  it('falls back to one write per turn, and says why, where eiows does not load', () => {
    withEiows(BROKEN, (from) => {
      const { name, reason } = chooseEngine(undefined, from);
      assert.equal(name, 'corked');
      assert.equal(reason, `eiows is installed, but does not load on Node.js ${process.version}`);
    });
    withEiows('exports.Other = 1;', (from) => {
      assert.equal(chooseEngine('auto', from).reason, 'eiows is installed, but it exports no Server');
    });
  });

  it('refuses eiows asked for by name where it cannot be had, and names the command that installs it', () => {
    withEiows(undefined, (from) => {
      assert.throws(
        () => chooseEngine('eiows', from),
        /'eiows' was asked for, but .* not installed: npm install eiows$/,
      );
    });
    withEiows(BROKEN, (from) => {
      assert.throws(
        () => chooseEngine('eiows', from),
        (error: Error) =>
          /does not load .*: npm install eiows$/.test(error.message) && /no binary/.test(String(error.cause)),
      );
    });
  });

  it('is the stock engine, untouched, when ws is asked for by name', () => {
    const { name, serverOptions } = chooseEngine('ws');
    assert.deepEqual({ name, serverOptions }, { name: 'ws', serverOptions: {} });
  });

  it('refuses a name that it does not know, and lists those it knows', () => {
    assert.throws(() => chooseEngine('uws' as EngineOption), /'uws' must be one of 'auto', 'corked', 'ws', 'eiows'/);
  });

  it('stays the stock engine, and says why, on a WebSocket server that is not ws', () => {
    class Foreign {
      on() {}
      close() {}
    }
    const io = new Server(createServer(), { wsEngine: Foreign });
    const engine = chooseEngine('corked');
    engine.attach(io.engine);
    assert.equal(engine.name, 'ws');
    assert.match(engine.reason, /^one write per turn is off: /);
    assert.equal(io.engine.listenerCount('connection'), 1);
  });
});
