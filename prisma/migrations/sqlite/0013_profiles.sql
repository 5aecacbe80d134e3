-- AlterTable
ALTER TABLE "Account" ADD COLUMN "libraries" JSONB;

-- AlterTable
ALTER TABLE "Invitation" ADD COLUMN "libraries" JSONB;

-- AlterTable
ALTER TABLE "SignedInDevice" ADD COLUMN "profileId" TEXT;

-- CreateTable
CREATE TABLE "Profile" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "accountId" TEXT NOT NULL,
    "place" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "picture" TEXT,
    "isKid" BOOLEAN NOT NULL,
    "ratingLimit" INTEGER,
    "hours" JSONB,
    "pinHash" TEXT,
    "audioLanguages" JSONB NOT NULL,
    "subtitleLanguages" JSONB NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "changedAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "Profile_accountId_place_key" ON "Profile"("accountId", "place");
