-- AlterTable
ALTER TABLE "MediaFile" ADD COLUMN     "markers" JSONB;
