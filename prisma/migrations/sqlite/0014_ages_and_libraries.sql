-- AlterTable
ALTER TABLE "Title" ADD COLUMN "minimumAge" INTEGER;
ALTER TABLE "Title" ADD COLUMN "ownAge" INTEGER;

-- AlterTable
ALTER TABLE "TitleCorrection" ADD COLUMN "certification" TEXT;

-- CreateTable
CREATE TABLE "Library" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "isDue" BOOLEAN NOT NULL DEFAULT true,
    "changedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "LibrarySource" (
    "libraryId" TEXT NOT NULL,
    "peerId" TEXT NOT NULL,
    "folder" TEXT NOT NULL,

    PRIMARY KEY ("libraryId", "peerId", "folder"),
    CONSTRAINT "LibrarySource_libraryId_fkey" FOREIGN KEY ("libraryId") REFERENCES "Library" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "FileInLibrary" (
    "catalogId" TEXT NOT NULL,
    "libraryId" TEXT NOT NULL,

    PRIMARY KEY ("catalogId", "libraryId"),
    CONSTRAINT "FileInLibrary_catalogId_fkey" FOREIGN KEY ("catalogId") REFERENCES "MediaFile" ("catalogId") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "FileInLibrary_libraryId_fkey" FOREIGN KEY ("libraryId") REFERENCES "Library" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- AlterTable
ALTER TABLE "MediaFile" ADD COLUMN "statedAge" INTEGER;
ALTER TABLE "MediaFile" ADD COLUMN "correctedAge" INTEGER;
ALTER TABLE "MediaFile" ADD COLUMN "ageRules" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "FileStatement" ADD COLUMN "folder" TEXT NOT NULL DEFAULT '';

-- CreateIndex
CREATE INDEX "MediaFile_ageRules_idx" ON "MediaFile"("ageRules");

-- CreateIndex
CREATE INDEX "LibrarySource_peerId_idx" ON "LibrarySource"("peerId");

-- CreateIndex
CREATE INDEX "FileInLibrary_libraryId_catalogId_idx" ON "FileInLibrary"("libraryId", "catalogId");

-- CreateIndex
CREATE INDEX "Title_minimumAge_sortKey_id_idx" ON "Title"("minimumAge", "sortKey", "id");
