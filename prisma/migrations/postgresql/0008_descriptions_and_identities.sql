-- AlterTable
ALTER TABLE "Title" ADD COLUMN     "extraOfId" TEXT,
ADD COLUMN     "parentId" TEXT;

-- AlterTable
ALTER TABLE "MediaFile" ADD COLUMN     "details" JSONB,
ADD COLUMN     "lastEpisode" INTEGER;

-- AlterTable
ALTER TABLE "Picture" ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'STILL';

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

    CONSTRAINT "FileIdentity_pkey" PRIMARY KEY ("key","catalogId")
);

-- CreateTable
CREATE TABLE "FileEpisode" (
    "titleId" TEXT NOT NULL,
    "catalogId" TEXT NOT NULL,

    CONSTRAINT "FileEpisode_pkey" PRIMARY KEY ("titleId","catalogId")
);

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

-- AddForeignKey
ALTER TABLE "FileIdentity" ADD CONSTRAINT "FileIdentity_catalogId_fkey" FOREIGN KEY ("catalogId") REFERENCES "MediaFile"("catalogId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FileEpisode" ADD CONSTRAINT "FileEpisode_catalogId_fkey" FOREIGN KEY ("catalogId") REFERENCES "MediaFile"("catalogId") ON DELETE CASCADE ON UPDATE CASCADE;
