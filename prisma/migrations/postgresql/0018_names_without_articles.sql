-- AlterTable
ALTER TABLE "Title" ADD COLUMN     "nameKey" TEXT COLLATE "C" NOT NULL DEFAULT '';

-- CreateIndex
CREATE INDEX "Title_nameKey_id_idx" ON "Title"("nameKey", "id");

-- CreateIndex
CREATE INDEX "Title_kind_nameKey_id_idx" ON "Title"("kind", "nameKey", "id");

-- CreateIndex
CREATE INDEX "Title_addedAt_id_idx" ON "Title"("addedAt", "id");

-- The newest first, those of no known year last.
CREATE INDEX "Title_year_nameKey_id_idx" ON "Title"((coalesce("year", 0)) DESC, "nameKey", "id");
