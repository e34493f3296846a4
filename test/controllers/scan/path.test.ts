import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paramsOf, pathProblem, patternOf, precedence } from '../../../src/controllers/scan/path.js';

const params = (path: string | RegExp, name: string): object => ({ ...paramsOf(patternOf(path), name) });

test('an exact path has no pattern; names and RegExps have one', () => {
  assert.equal(patternOf('/chat'), undefined);
  assert.equal(patternOf('/'), undefined);
  assert.ok(patternOf('/game/:id')!.test('/game/7'));
  assert.ok(!patternOf('/game/:id')!.test('/game/7/8'));
  assert.ok(!patternOf('/game/:id')!.test('/game/'));
  assert.ok(patternOf('*')!.test('/whatever'));
});

test('what has a meaning in a RegExp has none in a path', () => {
  assert.ok(patternOf('/a.b+c(d)/:id')!.test('/a.b+c(d)/1'));
  assert.ok(!patternOf('/a.b+c(d)/:id')!.test('/axbbc/1'));
  assert.ok(patternOf('/[x]/:id')!.test('/[x]/1'));
});

test('the values of a path are read by name and by number, and no name is one of Object', () => {
  assert.deepEqual(params('/game/:id/:seat', '/game/7/a%20b'), { id: '7', seat: 'a%20b', 1: '7', 2: 'a%20b' });
  assert.deepEqual(params(/^\/(a)(b)?(?<c>c)$/, '/ac'), { 1: 'a', 3: 'c', c: 'c' });
  assert.deepEqual(params('/chat', '/chat'), {});
  const { constructor } = paramsOf(patternOf('/game/:id'), '/game/7');
  assert.equal(constructor, undefined);
});

test('a RegExp that remembers its last match is read anew each time', () => {
  const sticky = /\/(\d)/gy;
  for (let n = 0; n < 3; n++) assert.deepEqual(params(sticky, '/7'), { 1: '7' });
});

test('exact paths are asked first, families next, * last', () => {
  assert.deepEqual([precedence('/a'), precedence('/:a'), precedence(/a/), precedence('*')], [0, 1, 1, 2]);
});

test('what is no path says why', () => {
  for (const path of ['/', '/chat', '/a/:b/c', '*', /x/]) assert.equal(pathProblem(path), undefined);
  for (const path of ['', 'chat', '/:', '/:1a', '/:a-b', '/:a/:a']) assert.equal(typeof pathProblem(path), 'string');
});
