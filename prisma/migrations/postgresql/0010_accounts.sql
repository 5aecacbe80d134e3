-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL,
    "login" TEXT NOT NULL,
    "loginKey" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "plan" TEXT,
    "founder" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "changedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PasswordCredential" (
    "accountId" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "changedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "PasswordCredential_pkey" PRIMARY KEY ("accountId")
);

-- CreateTable
CREATE TABLE "Passkey" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "publicKey" BYTEA NOT NULL,
    "counter" BIGINT NOT NULL,
    "transports" JSONB NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastUsedAt" TIMESTAMP(3),

    CONSTRAINT "Passkey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Invitation" (
    "id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "plan" TEXT,
    "invitedBy" TEXT,
    "note" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "usedAt" TIMESTAMP(3),
    "usedBy" TEXT,
    "revokedAt" TIMESTAMP(3),

    CONSTRAINT "Invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SignedInDevice" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastSeenAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "SignedInDevice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "id" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "action" TEXT NOT NULL,
    "accountId" TEXT,
    "address" TEXT NOT NULL,
    "details" JSONB NOT NULL,

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "FailedSignIns" (
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "lockedUntil" BIGINT NOT NULL,
    "changedAt" BIGINT NOT NULL,

    CONSTRAINT "FailedSignIns_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "ProviderRecord" (
    "kind" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "accountId" TEXT,
    "grantId" TEXT,
    "uid" TEXT,
    "userCode" TEXT,
    "expiresAt" BIGINT NOT NULL,
    "consumedAt" BIGINT,

    CONSTRAINT "ProviderRecord_pkey" PRIMARY KEY ("kind","id")
);

-- CreateTable
CREATE TABLE "ProviderKey" (
    "id" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "jwk" JSONB NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "number" INTEGER NOT NULL,

    CONSTRAINT "ProviderKey_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Account_loginKey_key" ON "Account"("loginKey");

-- CreateIndex
CREATE UNIQUE INDEX "Account_founder_key" ON "Account"("founder");

-- CreateIndex
CREATE INDEX "Account_createdAt_id_idx" ON "Account"("createdAt", "id");

-- CreateIndex
CREATE INDEX "Passkey_accountId_idx" ON "Passkey"("accountId");

-- CreateIndex
CREATE INDEX "Invitation_createdAt_id_idx" ON "Invitation"("createdAt", "id");

-- CreateIndex
CREATE INDEX "SignedInDevice_accountId_lastSeenAt_idx" ON "SignedInDevice"("accountId", "lastSeenAt");

-- CreateIndex
CREATE INDEX "AuditEntry_accountId_id_idx" ON "AuditEntry"("accountId", "id");

-- CreateIndex
CREATE INDEX "AuditEntry_at_idx" ON "AuditEntry"("at");

-- CreateIndex
CREATE INDEX "FailedSignIns_changedAt_idx" ON "FailedSignIns"("changedAt");

-- CreateIndex
CREATE INDEX "ProviderRecord_grantId_idx" ON "ProviderRecord"("grantId");

-- CreateIndex
CREATE INDEX "ProviderRecord_accountId_idx" ON "ProviderRecord"("accountId");

-- CreateIndex
CREATE INDEX "ProviderRecord_kind_uid_idx" ON "ProviderRecord"("kind", "uid");

-- CreateIndex
CREATE INDEX "ProviderRecord_kind_userCode_idx" ON "ProviderRecord"("kind", "userCode");

-- CreateIndex
CREATE INDEX "ProviderRecord_expiresAt_idx" ON "ProviderRecord"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "ProviderKey_purpose_number_key" ON "ProviderKey"("purpose", "number");
