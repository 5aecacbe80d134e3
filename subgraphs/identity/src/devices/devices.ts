/** An application on one machine that someone signed in with. */
export interface Device {
  /** The id of its grant, in every token of it the claim `device_id`. */
  id: string;
  accountId: string;
  clientId: string;
  /** What the machine said of itself, such as "Firefox on Android". */
  name: string;
  /** The address it was last seen at. */
  address: string;
  createdAt: Date;
  lastSeenAt: Date;
  /** The profile that was chosen on it; null for none. */
  profileId: string | null;
}

/** Where accounts are signed in. Removing a device here does not end its tokens: `provider/access.ts` does both. */
export interface Devices {
  /** Notes that a device signed in, or renewed its tokens. Its name stays the first. */
  seen(device: Omit<Device, 'createdAt' | 'lastSeenAt' | 'profileId'>, at: Date): Promise<void>;
  find(id: string): Promise<Device | null>;
  /** The last seen first. */
  listOf(accountId: string): Promise<Device[]>;
  /** Notes the profile that was chosen on a device; false where the device is gone. */
  choose(id: string, profileId: string): Promise<boolean>;
  remove(id: string): Promise<boolean>;
}
