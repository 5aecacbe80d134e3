/** What a browser does without showing anything: keeps cookies, follows redirects within a server, sends forms. */
export interface Browser {
  readonly cookies: Map<string, { value: string; path: string; attributes: string }>;
  get(url: string, headers?: Record<string, string>): Promise<Page>;
  /** Sends the form of the last page whose action ends with `action`, with its hidden fields. */
  submit(action: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<Page>;
}

export interface Page {
  status: number;
  url: string;
  /** Where it would go that is no page of the server. */
  location: string | null;
  headers: Headers;
  text: string;
}

export function createBrowser(issuer: string): Browser {
  const cookies: Browser['cookies'] = new Map();
  let last: Page | null = null;
  const request = async (url: string, init: RequestInit): Promise<Page> => {
    let [next, options] = [new URL(url, issuer), init];
    for (;;) {
      const sent = [...cookies]
        .filter(([, { path }]) => next.pathname.startsWith(path))
        .map(([name, { value }]) => `${name}=${value}`);
      const response = await fetch(next, {
        ...options,
        redirect: 'manual',
        headers: { ...options.headers, ...(sent.length > 0 && { cookie: sent.join('; ') }) },
      });
      for (const line of response.headers.getSetCookie()) keep(line);
      const target = response.headers.get('location');
      const location = target === null ? null : new URL(target, next);
      if (location?.origin !== next.origin) {
        last = {
          status: response.status,
          url: next.href,
          location: location?.href ?? null,
          headers: response.headers,
          text: await response.text(),
        };
        return last;
      }
      await response.body?.cancel();
      [next, options] = [location, {}];
    }
  };
  const keep = (line: string) => {
    const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*)(.*)$/s.exec(line) ?? [];
    const path = /;\s*path=([^;]*)/i.exec(attributes)?.[1] ?? '/';
    if (value === '' || /expires=Thu, 01 Jan 1970/i.test(attributes)) cookies.delete(name);
    else cookies.set(name, { value, path, attributes });
  };
  return {
    cookies,
    get: (url, headers = {}) => request(url, { headers }),
    async submit(action, fields = {}, headers = {}) {
      const form = formsOf(last?.text ?? '').find((each) => each.action.endsWith(action));
      if (!form) throw new Error(`no form ${action} in ${last?.text}`);
      const body = new URLSearchParams({ ...form.hidden, ...fields });
      return request(new URL(form.action, last?.url).href, {
        method: 'POST',
        headers: { origin: new URL(issuer).origin, ...headers },
        body,
      });
    },
  };
}

function formsOf(text: string) {
  return [...text.matchAll(/<form[^>]* action="([^"]+)"[^>]*>(.*?)<\/form>/gs)].map(
    ([, action = '', inner = '']) => ({
      action,
      hidden: Object.fromEntries(
        [...inner.matchAll(/<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g)].map(
          ([, name = '', value = '']) => [name, value],
        ),
      ),
    }),
  );
}
