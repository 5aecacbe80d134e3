-- CreateIndex
CREATE INDEX "MediaFile_language_titleId_idx" ON "MediaFile"("language", "titleId");
