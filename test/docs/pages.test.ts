import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createApp } from 'colloquy';
import { compileOnce, pages } from './compiled.js';
import { folderOf, readRows } from './page.js';

describe('the pages for those who come from elsewhere', () => {
  it("compile as they stand, with the README's options", () => {
    assert.equal(compileOnce(), '');
  });

  for (const page of pages) {
    it(`begin without a mistake: ${page}`, async () => {
      assert.equal(compileOnce(), '');
      const app = await createApp({ controllers: ['controllers/*.js'], cwd: folderOf(page), logger: false });
      await app.close();
      assert.ok(app.table.length > 0);
    });

    it(`have both sides in every row: ${page}`, () => {
      for (const { title, theirs, ours } of readRows(page)) {
        assert.ok(theirs.trim() && ours.trim(), title);
      }
    });
  }
});
