-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "Title" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sortKey" TEXT NOT NULL,
    "searchText" TEXT NOT NULL,
    "year" INTEGER,
    "kind" TEXT NOT NULL,
    "season" INTEGER,
    "episode" INTEGER,
    "addedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Title_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MediaFile" (
    "catalogId" TEXT NOT NULL,
    "titleId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "describedBy" TEXT NOT NULL,
    "describedAt" TIMESTAMP(3) NOT NULL,
    "hashes" JSONB NOT NULL,
    "container" TEXT,
    "mimeType" TEXT,
    "videoCodec" TEXT,
    "audioCodec" TEXT,
    "durationSeconds" DOUBLE PRECISION,
    "width" INTEGER,
    "height" INTEGER,
    "language" TEXT,
    "addedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "MediaFile_pkey" PRIMARY KEY ("catalogId")
);

-- CreateTable
CREATE TABLE "FileAvailability" (
    "catalogId" TEXT NOT NULL,
    "isAvailable" BOOLEAN NOT NULL DEFAULT false,
    "peerCount" INTEGER NOT NULL DEFAULT 0,
    "changedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "FileAvailability_pkey" PRIMARY KEY ("catalogId")
);

-- CreateTable
CREATE TABLE "Artwork" (
    "catalogId" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "mimeType" TEXT NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "atSeconds" DOUBLE PRECISION NOT NULL,
    "digest" TEXT NOT NULL,
    "data" BYTEA NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Artwork_pkey" PRIMARY KEY ("catalogId","index")
);

-- CreateTable
CREATE TABLE "PlaybackSessionLog" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "profileId" TEXT NOT NULL,
    "catalogId" TEXT NOT NULL,
    "deviceId" TEXT NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3),
    "endReason" TEXT,
    "positionSeconds" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "PlaybackSessionLog_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WatchProgress" (
    "userId" TEXT NOT NULL,
    "profileId" TEXT NOT NULL,
    "catalogId" TEXT NOT NULL,
    "positionSeconds" DOUBLE PRECISION NOT NULL,
    "durationSeconds" DOUBLE PRECISION,
    "completed" BOOLEAN NOT NULL DEFAULT false,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "WatchProgress_pkey" PRIMARY KEY ("userId","profileId","catalogId")
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

-- AddForeignKey
ALTER TABLE "MediaFile" ADD CONSTRAINT "MediaFile_titleId_fkey" FOREIGN KEY ("titleId") REFERENCES "Title"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MediaFile" ADD CONSTRAINT "MediaFile_catalogId_fkey" FOREIGN KEY ("catalogId") REFERENCES "FileAvailability"("catalogId") ON DELETE RESTRICT ON UPDATE CASCADE;
