import { type Allowance, createAllowance } from './allowance.ts';

type Quotas = Parameters<typeof createAllowance>[0];

/** Keeps what is sent within the quotas of an edge; `goOn` is called when there is room again. */
export function createPace(goOn: () => void) {
  let allowance: Allowance = createAllowance(undefined);
  let timer: NodeJS.Timeout | undefined;
  return {
    /** Begins a connection, with the quotas that its edge names. */
    begin(quotas: Quotas): void {
      allowance = createAllowance(quotas);
    },
    spend(message: Parameters<Allowance['spend']>[0]): void {
      allowance.spend(message);
    },
    mayGoOn(): boolean {
      const waitMs = allowance.waitMs();
      if (waitMs > 0)
        timer ??= setTimeout(() => {
          timer = undefined;
          goOn();
        }, waitMs);
      return waitMs === 0;
    },
    stop(): void {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
