-- AlterTable
ALTER TABLE "MediaFile" ADD COLUMN     "digest" TEXT,
ADD COLUMN     "isProven" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "SharingPeer" (
    "peerId" TEXT NOT NULL,
    "closedConnection" TEXT NOT NULL DEFAULT '',
    "closedAt" BIGINT NOT NULL DEFAULT 0,
    "fullConnection" TEXT NOT NULL DEFAULT '',
    "fullSince" BIGINT NOT NULL DEFAULT 0,
    "fullUntil" BIGINT NOT NULL DEFAULT 0,
    "pendingUpdate" TEXT NOT NULL DEFAULT '',
    "pendingSince" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "SharingPeer_pkey" PRIMARY KEY ("peerId")
);

-- CreateTable
CREATE TABLE "HoldingClaim" (
    "peerId" TEXT NOT NULL,
    "catalogId" TEXT NOT NULL,
    "connectionId" TEXT NOT NULL DEFAULT '',
    "announcedAt" BIGINT NOT NULL DEFAULT 0,
    "isAnnounced" BOOLEAN NOT NULL DEFAULT false,
    "wasAnnounced" BOOLEAN NOT NULL DEFAULT false,
    "outcome" TEXT,
    "checkedAt" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "HoldingClaim_pkey" PRIMARY KEY ("peerId","catalogId")
);

-- CreateTable
CREATE TABLE "FileStatement" (
    "catalogId" TEXT NOT NULL,
    "peerId" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "firstAt" BIGINT NOT NULL,
    "describedAt" BIGINT NOT NULL,
    "isSettled" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "FileStatement_pkey" PRIMARY KEY ("catalogId","peerId")
);

-- CreateTable
CREATE TABLE "TitleCorrection" (
    "catalogId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "year" INTEGER,
    "kind" TEXT NOT NULL,
    "season" INTEGER,
    "episode" INTEGER,
    "correctedBy" TEXT NOT NULL,
    "correctedAt" TIMESTAMP(3) NOT NULL,
    "formerTitle" JSONB,

    CONSTRAINT "TitleCorrection_pkey" PRIMARY KEY ("catalogId")
);

-- CreateTable
CREATE TABLE "Picture" (
    "catalogId" TEXT NOT NULL,
    "peerId" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "mimeType" TEXT NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "atSeconds" DOUBLE PRECISION NOT NULL,
    "digest" TEXT NOT NULL,
    "data" BYTEA NOT NULL,
    "takenAt" BIGINT NOT NULL,
    "isShown" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "Picture_pkey" PRIMARY KEY ("catalogId","peerId","index")
);

-- CreateIndex
CREATE INDEX "SharingPeer_closedAt_idx" ON "SharingPeer"("closedAt");

-- CreateIndex
CREATE INDEX "HoldingClaim_catalogId_idx" ON "HoldingClaim"("catalogId");

-- CreateIndex
CREATE INDEX "FileStatement_peerId_idx" ON "FileStatement"("peerId");

-- CreateIndex
CREATE INDEX "Picture_peerId_idx" ON "Picture"("peerId");
