import type { z } from 'zod';

/** A failure, reported to an HTTP client as RFC 9457 describes. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: number;
  readonly title: string;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    title: string,
    options: { detail?: string; members?: Record<string, unknown>; headers?: Record<string, string> } = {},
  ) {
    super(options.detail ?? title);
    this.status = status;
    this.title = title;
    this.members = options.members ?? {};
    this.headers = options.headers ?? {};
  }

  /** The `application/problem+json` body. */
  toBody(): Record<string, unknown> {
    return {
      type: 'about:blank',
      title: this.title,
      status: this.status,
      detail: this.message,
      ...this.members,
    };
  }
}

/** A body that a schema does not take, and where it is wrong. */
export function badBody({ issues }: z.core.$ZodError): HttpProblem {
  const detail = issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ');
  return new HttpProblem(400, 'Bad Request', { detail });
}

export function noRoute(method: string | undefined, path: string | undefined): HttpProblem {
  return new HttpProblem(404, 'Not Found', { detail: `no route ${method} ${path}` });
}

/** What is there takes other methods, such as `GET, HEAD`. */
export function wrongMethod(
  method: string | undefined,
  path: string | undefined,
  allow: string,
): HttpProblem {
  return new HttpProblem(405, 'Method Not Allowed', {
    detail: `${path} does not take ${method}`,
    headers: { allow },
  });
}

export function metricsRefused(): HttpProblem {
  return new HttpProblem(403, 'Forbidden', {
    detail: 'metrics are for this machine and those METRICS_ALLOWED names',
  });
}

/** What was limited, such as `requests of one user`, may go on in so many seconds. */
export function tooMany(what: string, seconds: number): HttpProblem {
  return new HttpProblem(429, 'Too Many Requests', {
    detail: `too many ${what}; try again in ${seconds} s`,
    headers: { 'retry-after': String(seconds) },
  });
}
