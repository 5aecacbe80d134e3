-- AlterTable
ALTER TABLE "MediaFile" ADD COLUMN     "chapters" JSONB,
ADD COLUMN     "tracks" JSONB;
