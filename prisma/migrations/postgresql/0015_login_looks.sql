-- CreateTable
CREATE TABLE "LoginLook" (
    "look" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,

    CONSTRAINT "LoginLook_pkey" PRIMARY KEY ("look")
);

-- CreateIndex
CREATE INDEX "LoginLook_accountId_idx" ON "LoginLook"("accountId");
