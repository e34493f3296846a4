import { Data, EventError, Namespace, On, Signal } from 'colloquy';
import { IsInt, Max, Min } from 'class-validator';
import { Socket } from 'socket.io';
import { countPrimes } from './primes.js';

class Job {
  @IsInt() @Min(1000) @Max(2_000_000_000) limit!: number;
}

/** What is remembered of a socket: the job that it waits for. */
class Session {
  job: AbortController | undefined;
}

@Namespace('/jobs')
export class ProgressController {
  #running = 0;

  /**
   * The signal fires when the client goes, when the time is over, and when the server stops: nobody computes for
   * somebody who has left.
   */
  @On('start', { timeout: 60_000 })
  async start({ limit }: Job, socket: Socket, @Data() session: Session, @Signal() gone: AbortSignal) {
    if (session.job) throw new EventError('job_running', 'One job at a time.');
    const job = (session.job = new AbortController());
    const signal = AbortSignal.any([gone, job.signal]);
    const started = performance.now();
    socket.nsp.emit('running', ++this.#running);
    try {
      const primes = await countPrimes(limit, signal, (percent) => socket.emit('progress', { percent }));
      return { primes, seconds: (performance.now() - started) / 1000 };
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new EventError('cancelled', 'The job was cancelled.');
    } finally {
      session.job = undefined;
      socket.nsp.emit('running', --this.#running);
    }
  }

  /** Ends the job of the caller, if there is one. */
  @On()
  cancel(@Data() session: Session) {
    session.job?.abort();
  }
}
