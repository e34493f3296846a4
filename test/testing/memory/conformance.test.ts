import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { play } from './conformance.js';
import { connectingScenarios } from './scenarios/connecting.js';
import { endingScenarios } from './scenarios/ending.js';
import { messagesScenarios } from './scenarios/messages.js';
import { memoryWire, portWire } from './wires.js';

const scenarios = [...connectingScenarios, ...messagesScenarios, ...endingScenarios];

for (const [wire, makeWire] of [
  ['in memory', memoryWire],
  ['over a port', portWire],
] as const) {
  describe(`a connection ${wire}`, () => {
    for (const scenario of scenarios) {
      test(scenario.promise, { timeout: 5000 }, async () => {
        assert.deepEqual(await play(scenario, makeWire), scenario.expected);
      });
    }
  });
}
