-- AlterTable
ALTER TABLE "Title" ADD COLUMN "nameWeight" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "HoldingClaim" ADD COLUMN "checkedConnection" TEXT NOT NULL DEFAULT '';
