-- DropIndex
DROP INDEX "FileAvailability_isAvailable_idx";
