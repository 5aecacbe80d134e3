import type { BandwidthSettings } from './settings.ts';

/** How often the hour is looked at. */
const LOOK_MS = 20_000;

/** The limit at an hour of the day, in kilobits a second; 0 for none. */
export function limitAt({ limitKbps, hours }: BandwidthSettings, hour: number): number {
  const rule = hours.find(({ from, until }) =>
    from < until ? hour >= from && hour < until : hour >= from || hour < until,
  );
  return rule ? rule.limitKbps : limitKbps;
}

/** Applies the limit of the hour, as long as it runs. */
export function createSchedule(deps: {
  /** Null where the owner set none: `byDefault` then. */
  settings: () => BandwidthSettings | null;
  byDefault: number;
  apply: (limitKbps: number) => void;
  now?: () => Date;
}) {
  const now = deps.now ?? (() => new Date());
  let applied: number | null = null;
  let timer: NodeJS.Timeout | undefined;

  const limit = () => {
    const settings = deps.settings();
    return settings ? limitAt(settings, now().getHours()) : deps.byDefault;
  };
  const look = () => {
    const next = limit();
    if (next !== applied) deps.apply(next);
    applied = next;
  };
  return {
    start() {
      look();
      timer = setInterval(look, LOOK_MS);
      timer.unref();
    },
    look,
    limit,
    stop: () => clearInterval(timer),
  };
}
