-- CreateTable
CREATE TABLE "LoginLook" (
    "look" TEXT NOT NULL PRIMARY KEY,
    "accountId" TEXT NOT NULL
);

-- CreateIndex
CREATE INDEX "LoginLook_accountId_idx" ON "LoginLook"("accountId");
