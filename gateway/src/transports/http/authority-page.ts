/** What a device of each kind asks of its user; steps are text. */
const DEVICES: readonly { name: string; steps: readonly string[] }[] = [
  {
    name: 'iPhone, iPad',
    steps: [
      'Open this page in Safari, download the certificate, and allow the profile.',
      'Settings → General → VPN & Device Management: choose the profile, and install it.',
      'Settings → General → About → Certificate Trust Settings: switch it on. Without this step it is not trusted.',
    ],
  },
  {
    name: 'Android',
    steps: [
      'Download the certificate.',
      'Settings → Security → More security settings → Encryption & credentials → Install a certificate → CA certificate; search the settings for “CA certificate” where they differ.',
      'Choose “Install anyway”, and the downloaded file giggityflix.crt.',
    ],
  },
  {
    name: 'Windows',
    steps: [
      'Download the certificate, and open it.',
      'Install Certificate → Local Machine → Place all certificates in the following store → Trusted Root Certification Authorities.',
      'Close the browser, and open it again.',
    ],
  },
  {
    name: 'Mac',
    steps: [
      'Download the certificate, and open it: Keychain Access adds it to the login keychain.',
      'Open it there, then Trust → When using this certificate: Always Trust.',
    ],
  },
  {
    name: 'Linux',
    steps: [
      'Download the certificate.',
      'Debian, Ubuntu: sudo cp giggityflix.crt /usr/local/share/ca-certificates/ && sudo update-ca-certificates. Fedora: sudo trust anchor giggityflix.crt.',
      'Chrome, Chromium: Settings → Privacy and security → Security → Manage certificates → Import, as an authority that identifies websites.',
    ],
  },
  {
    name: 'Firefox, on any computer',
    steps: [
      'Settings → Privacy & Security → Certificates → View Certificates → Authorities → Import.',
      'Choose giggityflix.crt, and “Trust this CA to identify websites”.',
    ],
  },
  {
    name: 'Television',
    steps: [
      'Most televisions take no certificates. Open the address below, and choose to continue where the browser warns.',
      'Where it does not let you, start the platform without --https: films play without it, too.',
    ],
  },
];

/** The page with the certificate of an authority, and how devices come to trust it. */
export function authorityPage(authority: {
  name: string;
  fingerprint: string;
  until: string;
  home: string;
}): string {
  const devices = DEVICES.map(
    ({ name, steps }, index) =>
      `<details${index === 0 ? ' open' : ''}><summary>${text(name)}</summary><ol>${steps
        .map((step) => `<li>${text(step)}</li>`)
        .join('')}</ol></details>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Trust this home · Giggityflix</title>
<link rel="stylesheet" href="/authority.css">
</head>
<body>
<main>
<p class="brand">Giggityflix</p>
<h1>Trust this home</h1>
<p>Once a device has this certificate, its browser opens Giggityflix without a warning, and offers passkeys. It holds for this home’s network alone: nobody can use it for another site.</p>
<p><a class="button" href="/authority.crt" download="giggityflix.crt">Download the certificate</a></p>
<p>Compare its fingerprint with the one on the start-up screen before you trust it:</p>
<p class="fingerprint">${text(authority.fingerprint)}</p>
<p class="note">${text(authority.name)}, valid until ${text(authority.until)}</p>
<h2>How to install it</h2>
${devices.join('\n')}
<p>Then open <a href="${text(authority.home)}">${text(authority.home)}</a></p>
</main>
</body>
</html>
`;
}

function text(value: string): string {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export const AUTHORITY_STYLE = `
:root { font: 100%/1.5 system-ui, sans-serif; }
body { margin: 0; background: light-dark(#f6f5f8, #121016); color: light-dark(#1d1a24, #f0edf5); }
main { max-width: 40rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
.brand { font-weight: 700; color: light-dark(#8a1f5c, #f58ac6); margin: 0; }
h1 { margin: 0.25rem 0 1rem; line-height: 1.2; }
.button { display: inline-block; padding: 0.75rem 1.25rem; border-radius: 0.5rem; background: #a3206b; color: #fff; text-decoration: none; font-weight: 600; }
.fingerprint { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
.note { color: light-dark(#5b5666, #b0a9bd); }
details { border-top: 1px solid light-dark(#d9d5e0, #3a3543); padding: 0.25rem 0; }
summary { min-height: 2.75rem; display: flex; align-items: center; font-weight: 600; cursor: pointer; }
summary::before { content: "▸"; width: 1.25rem; }
details[open] > summary::before { content: "▾"; }
ol { margin: 0 0 0.75rem; padding-left: 1.5rem; overflow-wrap: anywhere; }
a { color: light-dark(#8a1f5c, #f58ac6); overflow-wrap: anywhere; }
a.button { color: #fff; }
a:focus-visible, summary:focus-visible { outline: 3px solid light-dark(#8a1f5c, #f58ac6); outline-offset: 2px; }
`;
