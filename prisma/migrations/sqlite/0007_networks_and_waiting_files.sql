-- AlterTable
ALTER TABLE "SharingPeer" ADD COLUMN "firstSeenAt" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "SharingPeer" ADD COLUMN "network" TEXT NOT NULL DEFAULT '';
ALTER TABLE "SharingPeer" ADD COLUMN "networkConnection" TEXT NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "WaitingFile" (
    "catalogId" TEXT NOT NULL PRIMARY KEY,
    "titleId" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "weight" INTEGER NOT NULL,
    "since" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "WaitingFile_titleId_idx" ON "WaitingFile"("titleId");

-- Peers that are known already are no new ones.
UPDATE "SharingPeer" SET "firstSeenAt" = 1;
INSERT INTO "SharingPeer" ("peerId", "firstSeenAt")
  SELECT DISTINCT "peerId", 1 FROM "FileStatement"
  WHERE "peerId" NOT IN (SELECT "peerId" FROM "SharingPeer");
