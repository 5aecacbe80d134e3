-- CreateIndex
CREATE INDEX "MediaFile_language_titleId_idx" ON "MediaFile"("language", "titleId");

-- Which titles are available, in one pass over both.
CREATE INDEX "MediaFile_catalogId_titleId_idx" ON "MediaFile"("catalogId", "titleId");
CREATE INDEX "FileAvailability_catalogId_isAvailable_idx" ON "FileAvailability"("catalogId", "isAvailable");
