-- AlterTable
ALTER TABLE "Title" ADD COLUMN "extraOfId" TEXT;
ALTER TABLE "Title" ADD COLUMN "parentId" TEXT;

-- AlterTable
ALTER TABLE "MediaFile" ADD COLUMN "details" JSONB;
ALTER TABLE "MediaFile" ADD COLUMN "lastEpisode" INTEGER;

-- CreateTable
CREATE TABLE "FileIdentity" (
    "key" TEXT NOT NULL,
    "catalogId" TEXT NOT NULL,
    "nameId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "year" INTEGER,
    "peerId" TEXT NOT NULL,
    "network" TEXT NOT NULL DEFAULT '',
    "firstSeenAt" BIGINT NOT NULL DEFAULT 0,
    "isProven" BOOLEAN NOT NULL,
    "firstAt" BIGINT NOT NULL,

    PRIMARY KEY ("key", "catalogId"),
    CONSTRAINT "FileIdentity_catalogId_fkey" FOREIGN KEY ("catalogId") REFERENCES "MediaFile" ("catalogId") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "FileEpisode" (
    "titleId" TEXT NOT NULL,
    "catalogId" TEXT NOT NULL,

    PRIMARY KEY ("titleId", "catalogId"),
    CONSTRAINT "FileEpisode_catalogId_fkey" FOREIGN KEY ("catalogId") REFERENCES "MediaFile" ("catalogId") ON DELETE CASCADE ON UPDATE CASCADE
);

-- AlterTable
ALTER TABLE "Picture" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'STILL';

-- CreateIndex
CREATE INDEX "FileIdentity_catalogId_idx" ON "FileIdentity"("catalogId");

-- CreateIndex
CREATE INDEX "FileIdentity_nameId_idx" ON "FileIdentity"("nameId");

-- CreateIndex
CREATE INDEX "FileEpisode_catalogId_idx" ON "FileEpisode"("catalogId");

-- CreateIndex
CREATE INDEX "Title_extraOfId_idx" ON "Title"("extraOfId");

-- CreateIndex
CREATE INDEX "Title_parentId_sortKey_idx" ON "Title"("parentId", "sortKey");
