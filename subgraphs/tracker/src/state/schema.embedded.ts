/** The embedded state's tables; released migrations are never edited. Times are milliseconds since 1970. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE peers (
    peer_id TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL,
    edge_id TEXT NOT NULL,
    state TEXT NOT NULL,
    connected_at INTEGER NOT NULL,
    heartbeat_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    active_streams INTEGER NOT NULL DEFAULT 0,
    pending_streams INTEGER NOT NULL DEFAULT 0,
    catalog_size INTEGER NOT NULL DEFAULT 0,
    established INTEGER NOT NULL DEFAULT 0,
    announced_in_full INTEGER NOT NULL DEFAULT 0,
    position TEXT
  ) WITHOUT ROWID;
  CREATE INDEX peers_due ON peers (due_at);
  CREATE INDEX peers_recent ON peers (connection_id, peer_id);

  CREATE TABLE holdings (
    peer_id TEXT NOT NULL,
    catalog_id TEXT NOT NULL,
    PRIMARY KEY (peer_id, catalog_id)
  ) WITHOUT ROWID;
  CREATE INDEX holdings_by_catalog ON holdings (catalog_id, peer_id);

  -- Parts of full updates ('full:<update id>') and deltas that came before their connection ('early:add', 'early:remove').
  CREATE TABLE staged (
    peer_id TEXT NOT NULL,
    stage TEXT NOT NULL,
    catalog_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (peer_id, stage, catalog_id)
  ) WITHOUT ROWID;
  CREATE INDEX staged_expiry ON staged (expires_at);

  CREATE TABLE counts (catalog_id TEXT PRIMARY KEY, peer_count INTEGER NOT NULL) WITHOUT ROWID;

  CREATE TABLE outbox (
    sequence INTEGER PRIMARY KEY,
    catalog_id TEXT NOT NULL,
    peer_count INTEGER NOT NULL,
    at INTEGER NOT NULL,
    match TEXT
  );
  CREATE TABLE outbox_state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last_sequence INTEGER NOT NULL,
    lease_token TEXT,
    lease_until INTEGER NOT NULL
  );
  INSERT INTO outbox_state VALUES (1, 0, NULL, 0);

  CREATE TABLE subscriptions (
    id TEXT PRIMARY KEY,
    catalog_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX subscriptions_by_catalog ON subscriptions (catalog_id);
  CREATE INDEX subscriptions_by_owner ON subscriptions (owner, id);
  CREATE INDEX subscriptions_expiry ON subscriptions (expires_at);

  CREATE TABLE files (filename TEXT PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE file_peers (
    filename TEXT NOT NULL,
    ip TEXT NOT NULL,
    registered_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (filename, ip)
  ) WITHOUT ROWID;
  CREATE INDEX file_peers_by_ip ON file_peers (ip);
  CREATE INDEX file_peers_expiry ON file_peers (expires_at);
  `,
  `
  ALTER TABLE peers ADD COLUMN network TEXT;
  ALTER TABLE peers ADD COLUMN first_seen_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE peers ADD COLUMN proven_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE peers ADD COLUMN failed_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE peers ADD COLUMN unanswered_at INTEGER NOT NULL DEFAULT 0;

  -- The latest outcome of asking a peer to prove that it has a file.
  CREATE TABLE holding_checks (
    peer_id TEXT NOT NULL,
    catalog_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (peer_id, catalog_id)
  ) WITHOUT ROWID;
  CREATE INDEX holding_checks_expiry ON holding_checks (expires_at);
  `,
  `
  CREATE TABLE file_votes (
    filename TEXT NOT NULL,
    network TEXT NOT NULL,
    hash TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (filename, network)
  ) WITHOUT ROWID;
  CREATE INDEX file_votes_expiry ON file_votes (expires_at);
  `,
  `
  CREATE TABLE peer_invitations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    requires_approval INTEGER NOT NULL,
    revoked INTEGER NOT NULL,
    used_by TEXT
  ) WITHOUT ROWID;
  CREATE INDEX peer_invitations_by_account ON peer_invitations (created_by, id);
  CREATE INDEX peer_invitations_expiry ON peer_invitations (expires_at);
  CREATE TABLE members (
    peer_id TEXT PRIMARY KEY,
    name TEXT,
    membership TEXT NOT NULL,
    version INTEGER NOT NULL,
    invitation_id TEXT,
    since INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE expiry (id INTEGER PRIMARY KEY CHECK (id = 1), deferred_until INTEGER NOT NULL);
  INSERT INTO expiry VALUES (1, 0);
  `,
  `
  -- Files of peers that changed much at a time, with the count that was published last.
  CREATE TABLE unpublished (
    catalog_id TEXT PRIMARY KEY,
    peer_id TEXT NOT NULL,
    known_count INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX unpublished_by_peer ON unpublished (peer_id);
  `,
  `
  ALTER TABLE peers ADD COLUMN inferred INTEGER NOT NULL DEFAULT 0;
  `,
];
