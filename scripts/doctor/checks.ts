/** What a check found; `remedy` says what to do, and is there unless all is well. */
export type Finding =
  | { level: 'ok'; what: string }
  | { level: 'warning' | 'problem'; what: string; remedy: string };

export interface Check<Context> {
  /** Names it in the report. */
  name: string;
  run(context: Context): Promise<Finding[]>;
}

export interface CheckReport {
  check: string;
  findings: Finding[];
}

export const ok = (what: string): Finding => ({ level: 'ok', what });
export const warning = (what: string, remedy: string): Finding => ({ level: 'warning', what, remedy });
export const problem = (what: string, remedy: string): Finding => ({ level: 'problem', what, remedy });

/** Runs the checks side by side, as most of them wait; one that breaks is a problem of its own. */
export function runChecks<Context>(
  checks: readonly Check<Context>[],
  context: Context,
): Promise<CheckReport[]> {
  return Promise.all(
    checks.map(async ({ name, run }) => ({
      check: name,
      findings: await run(context).catch((error: Error) => [
        problem(`this could not be checked: ${error.message}`, 'Run it again; report it if it stays.'),
      ]),
    })),
  );
}

/** 0 where a friend may watch, 1 where something stands in the way. */
export function exitCodeOf(reports: readonly CheckReport[]): number {
  return reports.some(({ findings }) => findings.some(({ level }) => level === 'problem')) ? 1 : 0;
}

const MARKS = { ok: 'OK     ', warning: 'warning', problem: 'PROBLEM' };

export function toText(reports: readonly CheckReport[]): string {
  const lines = reports.flatMap(({ check, findings }) =>
    findings.flatMap((finding) => [
      `${MARKS[finding.level]}  ${check}: ${finding.what}`,
      ...(finding.level === 'ok' ? [] : [`         ${finding.remedy}`]),
    ]),
  );
  const counted = (level: Finding['level']) =>
    reports.flatMap(({ findings }) => findings).filter((finding) => finding.level === level).length;
  return `${lines.join('\n')}\n\n${counted('problem')} problems, ${counted('warning')} warnings, ${counted('ok')} OK\n`;
}
