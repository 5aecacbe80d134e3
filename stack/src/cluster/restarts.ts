import { createRestartDelays, type RestartDelays } from '../restart-delays.ts';
import type { ClusterProcess } from './process.ts';

/** Starts again what ends by itself, between `begin` and `end`; ever more rarely what keeps failing. */
export function createRestarts(report: (line: string) => void): {
  begin(): void;
  end(): void;
  exited(process: ClusterProcess, cause: string): void;
} {
  const history = new Map<string, { delays: RestartDelays; startedAt: number }>();
  const timers = new Set<NodeJS.Timeout>();
  let active = false;
  return {
    begin() {
      active = true;
    },
    end() {
      active = false;
      for (const timer of timers) clearTimeout(timer);
    },
    exited(process, cause) {
      if (!active) return;
      const { delays, startedAt } = history.get(process.name) ?? {
        delays: createRestartDelays(),
        startedAt: 0,
      };
      const delayMs = delays.next(Date.now() - startedAt);
      report(`${process.name} ${cause}; starting it again in ${Math.round(delayMs)} ms (${process.logPath})`);
      const timer = setTimeout(() => {
        timers.delete(timer);
        history.set(process.name, { delays, startedAt: Date.now() });
        process.start().then(
          () => report(`${process.name} is ready again, as process ${process.pid}`),
          // One that ended is reported by its end.
          (error: Error) => {
            if (process.isRunning) report(error.message);
          },
        );
      }, delayMs);
      timers.add(timer);
    },
  };
}
