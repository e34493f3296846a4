/** Starts the flight recorder of an application. */
import type { Server } from 'socket.io';
import type { Logger } from '../../base/log.js';
import type { RecorderSettings } from './options.js';
import { type FlightRecorder, noRecorder, Recorder } from './recorder.js';
import { writeDumps } from './write.js';

/** A recorder, and the function that ends it. */
export interface RunningRecorder {
  readonly recorder: FlightRecorder;
  readonly stop: () => void;
}

/** Records from now on; without settings nothing is recorded, and nothing is subscribed to. */
export function startRecorder(io: Server, settings: RecorderSettings | undefined, log: Logger): RunningRecorder {
  if (!settings) return { recorder: noRecorder, stop: () => undefined };
  const recorder = new Recorder(io, settings);
  const stopWriting = writeDumps(recorder, settings, log);
  return {
    recorder,
    stop: () => {
      stopWriting();
      recorder.stop();
    },
  };
}
