-- What titles are found by. Written with a title, and gone with it.
CREATE TABLE "TitleSearch" (
    "rank" BIGINT NOT NULL,
    "titleId" TEXT NOT NULL,
    "full" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "names" TSVECTOR NOT NULL,
    "all" TSVECTOR NOT NULL,
    "digest" TEXT NOT NULL,
    "rules" INTEGER NOT NULL,

    CONSTRAINT "TitleSearch_pkey" PRIMARY KEY ("rank")
);
CREATE UNIQUE INDEX "TitleSearch_titleId_key" ON "TitleSearch"("titleId");
CREATE INDEX "TitleSearch_name_idx" ON "TitleSearch"("name", "full", "rank", "titleId");
CREATE INDEX "TitleSearch_names_idx" ON "TitleSearch" USING gin ("names") WITH (fastupdate = off);
CREATE INDEX "TitleSearch_all_idx" ON "TitleSearch" USING gin ("all") WITH (fastupdate = off);
ALTER TABLE "TitleSearch" ADD CONSTRAINT "TitleSearch_titleId_fkey" FOREIGN KEY ("titleId") REFERENCES "Title"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Words of names, and of people, that a misspelt one may mean.
CREATE TABLE "SearchWord" (
    "word" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "SearchWord_pkey" PRIMARY KEY ("word")
);
CREATE TABLE "SearchVariant" (
    "variant" TEXT COLLATE "C" NOT NULL,
    "word" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "SearchVariant_pkey" PRIMARY KEY ("variant", "word")
);
CREATE INDEX "SearchVariant_word_idx" ON "SearchVariant"("word");
