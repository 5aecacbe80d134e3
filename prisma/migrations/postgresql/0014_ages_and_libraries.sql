-- AlterTable
ALTER TABLE "Title" ADD COLUMN     "minimumAge" INTEGER,
ADD COLUMN     "ownAge" INTEGER;

-- AlterTable
ALTER TABLE "MediaFile" ADD COLUMN     "ageRules" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "correctedAge" INTEGER,
ADD COLUMN     "statedAge" INTEGER;

-- AlterTable
ALTER TABLE "FileStatement" ADD COLUMN     "folder" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "TitleCorrection" ADD COLUMN     "certification" TEXT;

-- CreateTable
CREATE TABLE "Library" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "isDue" BOOLEAN NOT NULL DEFAULT true,
    "changedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Library_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LibrarySource" (
    "libraryId" TEXT NOT NULL,
    "peerId" TEXT NOT NULL,
    "folder" TEXT NOT NULL,

    CONSTRAINT "LibrarySource_pkey" PRIMARY KEY ("libraryId","peerId","folder")
);

-- CreateTable
CREATE TABLE "FileInLibrary" (
    "catalogId" TEXT NOT NULL,
    "libraryId" TEXT NOT NULL,

    CONSTRAINT "FileInLibrary_pkey" PRIMARY KEY ("catalogId","libraryId")
);

-- CreateIndex
CREATE INDEX "LibrarySource_peerId_idx" ON "LibrarySource"("peerId");

-- CreateIndex
CREATE INDEX "FileInLibrary_libraryId_catalogId_idx" ON "FileInLibrary"("libraryId", "catalogId");

-- CreateIndex
CREATE INDEX "Title_minimumAge_sortKey_id_idx" ON "Title"("minimumAge", "sortKey", "id");

-- CreateIndex
CREATE INDEX "MediaFile_ageRules_idx" ON "MediaFile"("ageRules");

-- AddForeignKey
ALTER TABLE "LibrarySource" ADD CONSTRAINT "LibrarySource_libraryId_fkey" FOREIGN KEY ("libraryId") REFERENCES "Library"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FileInLibrary" ADD CONSTRAINT "FileInLibrary_catalogId_fkey" FOREIGN KEY ("catalogId") REFERENCES "MediaFile"("catalogId") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FileInLibrary" ADD CONSTRAINT "FileInLibrary_libraryId_fkey" FOREIGN KEY ("libraryId") REFERENCES "Library"("id") ON DELETE CASCADE ON UPDATE CASCADE;
