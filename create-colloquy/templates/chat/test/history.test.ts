import assert from 'node:assert/strict';
import { test } from 'node:test';
import 'reflect-metadata';
import { History } from '../src/history.js';

test('the history keeps the last fifty lines', () => {
  const history = new History();
  for (let line = 1; line <= 60; line++) history.add({ name: 'Ada', text: `line ${line}`, at: new Date() });
  assert.equal(history.lines.length, 50);
  assert.equal(history.lines[0]?.text, 'line 11');
});
