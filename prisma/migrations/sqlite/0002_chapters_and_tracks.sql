-- AlterTable
ALTER TABLE "MediaFile" ADD COLUMN "chapters" JSONB;
ALTER TABLE "MediaFile" ADD COLUMN "tracks" JSONB;
