-- CreateTable
CREATE TABLE "Title" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "sortKey" TEXT NOT NULL,
    "searchText" TEXT NOT NULL,
    "year" INTEGER,
    "kind" TEXT NOT NULL,
    "season" INTEGER,
    "episode" INTEGER,
    "addedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "MediaFile" (
    "catalogId" TEXT NOT NULL PRIMARY KEY,
    "titleId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "describedBy" TEXT NOT NULL,
    "describedAt" DATETIME NOT NULL,
    "hashes" JSONB NOT NULL,
    "container" TEXT,
    "mimeType" TEXT,
    "videoCodec" TEXT,
    "audioCodec" TEXT,
    "durationSeconds" REAL,
    "width" INTEGER,
    "height" INTEGER,
    "language" TEXT,
    "addedAt" DATETIME NOT NULL,
    CONSTRAINT "MediaFile_titleId_fkey" FOREIGN KEY ("titleId") REFERENCES "Title" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "MediaFile_catalogId_fkey" FOREIGN KEY ("catalogId") REFERENCES "FileAvailability" ("catalogId") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "FileAvailability" (
    "catalogId" TEXT NOT NULL PRIMARY KEY,
    "isAvailable" BOOLEAN NOT NULL DEFAULT false,
    "peerCount" INTEGER NOT NULL DEFAULT 0,
    "changedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Artwork" (
    "catalogId" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "mimeType" TEXT NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "atSeconds" REAL NOT NULL,
    "digest" TEXT NOT NULL,
    "data" BLOB NOT NULL,
    "updatedAt" DATETIME NOT NULL,

    PRIMARY KEY ("catalogId", "index")
);

-- CreateTable
CREATE TABLE "PlaybackSessionLog" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    "profileId" TEXT NOT NULL,
    "catalogId" TEXT NOT NULL,
    "deviceId" TEXT NOT NULL,
    "startedAt" DATETIME NOT NULL,
    "endedAt" DATETIME,
    "endReason" TEXT,
    "positionSeconds" REAL NOT NULL DEFAULT 0,
    "updatedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "WatchProgress" (
    "userId" TEXT NOT NULL,
    "profileId" TEXT NOT NULL,
    "catalogId" TEXT NOT NULL,
    "positionSeconds" REAL NOT NULL,
    "durationSeconds" REAL,
    "completed" BOOLEAN NOT NULL DEFAULT false,
    "updatedAt" DATETIME NOT NULL,

    PRIMARY KEY ("userId", "profileId", "catalogId")
);

-- CreateIndex
CREATE INDEX "Title_kind_sortKey_id_idx" ON "Title"("kind", "sortKey", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Title_sortKey_id_key" ON "Title"("sortKey", "id");

-- CreateIndex
CREATE INDEX "MediaFile_titleId_idx" ON "MediaFile"("titleId");

-- CreateIndex
CREATE INDEX "FileAvailability_isAvailable_idx" ON "FileAvailability"("isAvailable");

-- CreateIndex
CREATE INDEX "PlaybackSessionLog_userId_startedAt_idx" ON "PlaybackSessionLog"("userId", "startedAt");

-- CreateIndex
CREATE INDEX "PlaybackSessionLog_catalogId_startedAt_idx" ON "PlaybackSessionLog"("catalogId", "startedAt");

-- CreateIndex
CREATE INDEX "WatchProgress_userId_updatedAt_idx" ON "WatchProgress"("userId", "updatedAt");
