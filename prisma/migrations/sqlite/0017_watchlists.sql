-- AlterTable
ALTER TABLE "WatchProgress" ADD COLUMN "hiddenAt" DATETIME;

-- CreateTable
CREATE TABLE "WatchlistEntry" (
    "userId" TEXT NOT NULL,
    "profileId" TEXT NOT NULL,
    "catalogId" TEXT NOT NULL,
    "addedAt" DATETIME NOT NULL,

    PRIMARY KEY ("userId", "profileId", "catalogId")
);

-- CreateIndex
CREATE INDEX "WatchlistEntry_userId_profileId_addedAt_catalogId_idx" ON "WatchlistEntry"("userId", "profileId", "addedAt", "catalogId");
