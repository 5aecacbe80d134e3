import type { AuditLog } from '../../audit/audit.ts';
import type { Credentials } from '../../credentials/credentials.ts';
import type { Passwords } from '../../credentials/passwords.ts';
import type { UpstreamLinks } from '../../credentials/upstream-links.ts';
import type { Devices } from '../../devices/devices.ts';
import type { SecondFactor } from '../../factors/second-factor.ts';
import type { Household } from '../../profiles/household.ts';
import type { Profiles } from '../../profiles/profiles.ts';
import type { Access } from '../../provider/access.ts';
import type { Passkeys } from '../../sign-in/passkeys.ts';
import type { SignIn } from '../../sign-in/sign-in.ts';
import type { UpstreamFlow } from '../../upstream/flow.ts';
import type { Forms } from '../forms.ts';
import type { Problem } from '../html.ts';
import type { Visit, Visits } from './visits.ts';

export interface AccountPagesDeps {
  visits: Visits;
  forms: Forms;
  credentials: Credentials;
  passwords: Passwords;
  passkeys: Passkeys;
  secondFactor: SecondFactor;
  signIn: SignIn;
  devices: Devices;
  profiles: Pick<Profiles, 'listOf'>;
  household: Pick<Household, 'removePin'>;
  flow: UpstreamFlow;
  upstreamLinks: UpstreamLinks;
  access: Access;
  audit: AuditLog;
  headers: Readonly<Record<string, string>>;
}

/** How the parts of an account's pages add forms, and answer when one fails. */
export interface AccountForms {
  /** A form that came from one of our pages, of someone who signed in lately. */
  post(path: string, answer: (visit: Visit) => Promise<unknown>): void;
  /** The page of the account, with what is wrong. */
  show(visit: Visit, problem: Problem | null): Promise<unknown>;
}
