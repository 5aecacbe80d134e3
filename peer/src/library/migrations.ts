/** The index's schema, oldest first; a released step is never edited. */
export const MIGRATIONS: readonly string[] = [
  `
  -- What a file's bytes are, by catalog id. Several files may hold the same.
  CREATE TABLE content (
    catalog_id BLOB PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    hashes TEXT NOT NULL,
    piece_layer BLOB NOT NULL,
    media TEXT NOT NULL,
    artwork_tried INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE INDEX content_without_artwork ON content (catalog_id) WHERE artwork_tried = 0;

  CREATE TABLE files (
    dir TEXT NOT NULL,
    name TEXT NOT NULL,
    root TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    mtime_ms REAL NOT NULL,
    dev REAL NOT NULL,
    ino REAL NOT NULL,
    -- settling | pending | shared | rejected | unavailable
    state TEXT NOT NULL,
    reason TEXT,
    catalog_id BLOB REFERENCES content (catalog_id),
    PRIMARY KEY (dir, name)
  ) WITHOUT ROWID;
  CREATE INDEX files_by_content ON files (catalog_id, state) WHERE catalog_id IS NOT NULL;
  CREATE INDEX files_by_inode ON files (ino, size_bytes) WHERE catalog_id IS NOT NULL;
  CREATE INDEX files_by_state ON files (state, size_bytes);

  -- What the edge has not acknowledged yet, in the order it is to be sent.
  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    message BLOB NOT NULL,
    UNIQUE (kind, key)
  );

  CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  ALTER TABLE files ADD COLUMN sidecars TEXT NOT NULL DEFAULT '';

  -- What a content's description was made of; beside \`content\`, whose rows are large.
  CREATE TABLE descriptions (
    catalog_id BLOB PRIMARY KEY,
    -- Folder, name and sidecars of the file that gave it.
    source TEXT NOT NULL,
    depth INTEGER NOT NULL,
    due INTEGER NOT NULL,
    -- Milliseconds since 1970.
    described_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  INSERT INTO descriptions SELECT catalog_id, '', 0, 1, 0 FROM content;
  CREATE INDEX descriptions_due ON descriptions (catalog_id) WHERE due = 1;
  CREATE INDEX descriptions_by_age ON descriptions (described_at);
  `,
  `
  -- Playlists and manifests, which FFmpeg once opened by what they name: each is read again, and rejected if it still is one.
  UPDATE files SET state = 'pending', reason = NULL, catalog_id = NULL WHERE catalog_id IN (
    SELECT catalog_id FROM content
    WHERE size_bytes < 1048576
      AND json_extract(media, '$.container') IN ('hls', 'dash', 'concat', 'sdp', 'imf', 'image2', 'webm_dash_manifest')
  );
  `,
  `
  -- The pictures beside the file that describes a content, and those that were sent; '' before any were looked for.
  CREATE TABLE IF NOT EXISTS pictures (
    catalog_id BLOB PRIMARY KEY,
    beside TEXT NOT NULL,
    sent TEXT NOT NULL
  ) WITHOUT ROWID;
  INSERT OR IGNORE INTO pictures SELECT catalog_id, '[]', '' FROM descriptions;
  CREATE INDEX IF NOT EXISTS pictures_due ON pictures (catalog_id) WHERE beside <> sent;
  `,
  `
  -- What the beginning and the end of an episode sound like, and which parts of it others have too.
  CREATE TABLE IF NOT EXISTS fingerprints (
    catalog_id BLOB PRIMARY KEY,
    -- 32-bit values, little-endian; null where the sound could not be listened to.
    head BLOB,
    tail BLOB,
    tail_start REAL NOT NULL,
    -- Names the season it was compared in, as it was then.
    compared TEXT NOT NULL DEFAULT '',
    markers TEXT NOT NULL DEFAULT '[]'
  ) WITHOUT ROWID;
  `,
  `
  -- Sessions that were served, for the owner; times in milliseconds since 1970.
  CREATE TABLE IF NOT EXISTS watched (
    session_id TEXT PRIMARY KEY,
    catalog_id BLOB NOT NULL,
    -- By which a viewer is known again; no name.
    viewer TEXT,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    sent_bytes INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS watched_by_end ON watched (ended_at);
  `,
  `
  -- Descriptions say in which folder a film is: each is sent again.
  UPDATE descriptions SET due = 1, source = '';
  `,
];
