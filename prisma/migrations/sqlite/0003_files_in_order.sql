-- DropIndex
DROP INDEX "MediaFile_titleId_idx";

-- CreateIndex
CREATE INDEX "MediaFile_titleId_addedAt_catalogId_idx" ON "MediaFile"("titleId", "addedAt", "catalogId");
